"""The till: who the customer of a sale is, what they must not be sold, and what they bought."""
