// Exact sums of canonical numbers as the server writes them (plain digits, a point, no exponent). Nothing that a
// person typed is read here: that is the server's grammar alone.

const PLACES = 8;
const ONE = 10n ** BigInt(PLACES);
const CANONICAL = /^-?\d+(\.\d+)?$/;

export function isCanonical(text) {
  return CANONICAL.test(text);
}

function units(text) {
  const [whole, decimals = ""] = text.replace("-", "").split(".");
  const size = BigInt(whole) * ONE + BigInt(decimals.padEnd(PLACES, "0").slice(0, PLACES));
  return text.startsWith("-") ? -size : size;
}

function written(size) {
  const digits = (size < 0n ? -size : size).toString().padStart(PLACES + 1, "0");
  const decimals = digits.slice(-PLACES).replace(/0+$/, "");
  const whole = digits.slice(0, -PLACES).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${size < 0n ? "−" : ""}${whole}${decimals ? `.${decimals}` : ""}`;
}

/** Return sum and mean of canonical texts, grouped for reading; the mean has at most two decimals, half-up. */
export function summary(texts) {
  const sum = texts.reduce((total, text) => total + units(text), 0n);
  const cent = ONE / 100n;
  const count = BigInt(texts.length);
  const mean = count === 0n ? 0n : ((sum * 2n + count * cent) / (2n * count * cent)) * cent;
  return { sum: written(sum), mean: written(mean) };
}
