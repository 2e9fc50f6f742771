"""The commands people can use: what each chat offers, completes and explains."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """`usage` is what may follow it, `say` what it does, in at most 100 characters."""

    name: str
    usage: str
    say: str

    @property
    def line(self) -> str:
        """`status (me | channel | J-…)`."""
        return f"{self.name} ({self.usage})" if self.usage else self.name


VERBS = (
    Verb(
        "make", "what you want to see", "Ask for a film; it shows the price first and starts nothing before you confirm"
    ),
    Verb("status", "me | channel | J-…", "What is running, for you or in this channel"),
    Verb("cancel", "J-… | all", "Stop a film, or withdraw a price"),
    Verb(
        "library",
        "2 | search fox | by ada | today | 5-8s",
        "The films here, ten at a time: all, or those that fit what you say",
    ),
    Verb("show", "2 | promo/fox.mp4", "A film of the library with its facts and all that can follow it"),
    Verb("rename", "2 to intro", "Give a film another name in its folder"),
    Verb("move", "2 to /space/promo/", "Put a film into another folder, or into the space of this workspace"),
    Verb("delete", "2", "Put a film in the trash, where it stays for 24 hours"),
    Verb("restore", "2", "Take a film out of the trash, with the name it had"),
    Verb("trash", "", "What was deleted and can still be restored"),
    Verb("drive", "promo/ | /space/", "What lies on your Drive, folder by folder"),
    Verb("merge", "3 1 2 as portrait | a.mp4 b.mp4", "Join 2 to 5 films into one, free; alone it lets you choose them"),
    Verb(
        "cinematic",
        "action: a fox outruns the storm",
        "Have a prompt written for your idea: narrative, studio, action, performance or atmospheric",
    ),
    Verb("budget", "", "What was spent this month by you, in this channel and in all, and what is left"),
    Verb("approve", "J-… 640", "Say the second yes to a price that needs two; alone it lists what waits for yours"),
    Verb("settings", "", "What holds here: defaults, limits, how long a price stands"),
    Verb(
        "admin",
        "off here | models kling-3, wan-3 | budget people 300 | log",
        "For admins: switch films on or off, choose models, defaults, limits and budgets; alone it shows all",
    ),
    Verb("models", "", "Which models can be used here, and what they can do"),
    Verb("tips", "", "How to write a prompt that films well"),
    Verb("help", "", "How to ask for a film"),
)
