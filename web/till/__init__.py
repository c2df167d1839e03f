"""The page that plays a till: what a shop tries the till's interface with."""
