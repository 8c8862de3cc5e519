"""What a typed answer looks like."""

class Text:
    most: int
    def __init__(self, most: int) -> None: ...

def text(most: int) -> Text: ...
