"""The tokenizer of the sentence model, under the name contracts know."""

from genlayer.gl._internal.gl_call import request
from genlayer.py import calldata

__all__ = ["WordPieceTokenizer"]


class WordPieceTokenizer:
    """Cuts text into the numbered pieces that the model reads."""

    def tokenize(self, text):
        """Numbers of the pieces, framed by 101 and 102."""
        if not isinstance(text, str):
            raise TypeError(f"the tokenizer reads text: expected a str, got {type(text).__name__}")
        fields = {"model": "all-MiniLM-L6-v2", "text": text, "tokens": True}
        return calldata.decode(request("VenireEmbed", fields))
