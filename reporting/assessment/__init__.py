"""Assessment of the units (考核): schemes as data, self-assessment, check, confirmation by another person, grades."""
