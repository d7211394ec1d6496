"""Early warning: rules as data, held against totals; each warning opens once, is answered, recovers and closes."""
