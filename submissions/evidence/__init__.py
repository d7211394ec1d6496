"""Evidence files: judged by their content, kept outside the database, handed out only when clean.

``kinds`` decides what a file is, ``formats`` looks through PDF, pictures and documents, ``malware`` asks the scanner,
``store`` keeps the content, ``files`` adds and removes, ``shown`` reads for pages and REST.
"""
