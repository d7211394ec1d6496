"""What the pages of filing and review show, gathered in a constant number of queries; the templates only lay it out."""
