"""What Discord takes: counts, and lengths in UTF-16 units, the strictest way to count them."""

# https://docs.discord.com/developers/components/reference and /interactions/application-commands
DISPLAYED = 4000
"""Over all texts of one message; discord.py: LayoutView.content_length."""

CUSTOM_ID = 100
BUTTON_LABEL = 80
ROW_BUTTONS = 5
ROWS = 5
ALT = 1024
GALLERY = 10

MODAL_TITLE = 45
MODAL_PARTS = 5
LABEL = 45
LABEL_DESCRIPTION = 100
INPUT = 4000
OPTIONS = 25
OPTION = 100

CHOICES = 25
CHOICE = 100
COMMAND_DESCRIPTION = 100
FILM = 700  # a path of eight parts with 80 letters each
