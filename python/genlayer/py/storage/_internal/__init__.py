"""Names that test tools import; contracts have no use for them."""
