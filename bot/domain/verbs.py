"""The commands people can use: what each chat offers, completes and explains."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """`usage` is what may follow it, `say` what it does, in at most 100 characters."""

    name: str
    usage: str
    say: str


VERBS = (
    Verb(
        "make", "what you want to see", "Ask for a film; it shows the price first and starts nothing before you confirm"
    ),
    Verb("status", "me | channel | J-…", "What is running, for you or in this channel"),
    Verb("cancel", "J-… | all", "Stop a film, or withdraw a price"),
    Verb("models", "", "Which models can be used here, and what they can do"),
    Verb("tips", "", "How to write a prompt that films well"),
    Verb("help", "", "How to ask for a film"),
)
