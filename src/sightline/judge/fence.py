"""The fence around what may not be obeyed: a word made anew for every request, that whoever wrote the content can't have known.

Content is put between two lines of 128 random bits. To close the fence it would have to contain them; if by chance or by reading an
earlier prompt it does, another word is made.
"""

import secrets
from collections.abc import Callable, Iterable


def fence_word(contents: Iterable[str], *, random: Callable[[], str] = lambda: secrets.token_hex(16)) -> str:
    """A word that is in none of the contents: FENCE- and 32 hex digits."""
    everything = list(contents)
    while True:
        word = f"FENCE-{random()}"
        if not any(word in content for content in everything):
            return word


def fenced(word: str, name: str, content: str) -> str:
    """A section of a prompt. `name` is ours, never the content's."""
    return f"{word} begin {name}\n{content}\n{word} end {name}"


def outside(word: str, prompt: str) -> str:
    """What of a prompt stands outside of its fences: all that a reader may obey."""
    kept, inside = [], False
    for line in prompt.split("\n"):
        if line.startswith(f"{word} begin "):
            inside = True
        elif line.startswith(f"{word} end "):
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)
