"""One grammar for everything people type: mentions, commands and the terminal."""

from bot.flows.parse.hints import hints as hints
from bot.flows.parse.leftovers import left_in_story as left_in_story
from bot.flows.parse.parse import parse as parse
from bot.flows.parse.unparse import unparse as unparse
from bot.flows.parse.unparse import uploads as uploads
from bot.flows.parse.verdict import verdict as verdict
