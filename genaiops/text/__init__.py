"""Text for people: made printable, laid out in columns, with quantities as they are said."""
