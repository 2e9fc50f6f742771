"""What is sent to MiniMax and what it answers, as pure functions.

`v1` with `envelope` speaks the older API, `v2` with `tasks`, `listing`, `refusal` and `tariff` the newer; `codes`, `files`, `prompt` and
`route` serve both.
"""
