"""The English words that prompt help goes by."""
# ruff: noqa: SIM905 - lists of words read best as running text

ENGLISH = frozenset(
    "the a an and of in on at to with into through over under from by for as is are was her his their its she he they it that this "
    "while where when who which like very then after before behind inside near across around up down out off".split()
)
FOREIGN = frozenset(
    "el la los las un una unos unas del al por para con que en se su y le les des du dans sur avec et est une aux der die das den dem "
    "ein eine einen mit und auf im ist von zu il lo gli di da nel nella che e o os um uma na no do dos em com per een het op van en "
    "och på med av w z na do się jest ve bir bu için tout petit gran grande".split()
)
_STEMS = (
    "walk run fly float drift dance jump leap climb fall rise turn spin look gaze stare watch smile laugh cry sing shout whisper speak talk "
    "say eat drink cook pour open close enter leave arrive cross follow chase race drive ride sail swim dive splash surf skate ski slide "
    "roll bounce swing throw catch kick punch fight attack hunt sleep wake dream breathe blink wave clap bow kneel sit stand lie rest lean "
    "reach grab hold carry lift drop push pull drag build break crack shatter explode burn glow shine shimmer flicker flash sparkle melt "
    "freeze grow bloom wither spread pass flow ripple crash roar howl bark purr hiss sway tremble shake shiver stretch twist bend fold "
    "unfold move stop start begin end wait play paint draw write read type work dig plant pick hang light wind winds haul emerge appear "
    "disappear vanish fade dissolve transform morph become change shift circle orbit hover soar glide swoop descend ascend approach "
    "return escape hide search find discover meet greet hug kiss embrace marry fire shoot land launch take put set give make get go come "
    "see hear feel touch show reveal cover wrap tie cut slice chop stir mix serve sip bite chew lick sniff pet feed brush wash clean wipe "
    "sweep pack travel wander stroll march trot gallop sprint jog crawl creep stalk sneak tiptoe stumble trip collapse fill spill drip "
    "leak rain snow storm thunder blow gust swirl whirl tumble scatter gather collide merge split tear rip stitch sew knit weave spread "
    "steam boil simmer sizzle smoke puff exhale inhale sigh nod shrug point salute tap knock ring chime beat strum drum conduct perform "
    "act pose model strut twirl plunge dart scurry hop skip peck perch graze nibble crumble crown toss juggle balance lower raise mend"
).split()


def _forms(stem: str) -> set[str]:
    base = stem.removesuffix("e")
    return {stem, f"{stem}s", f"{stem}es", f"{base}ing", f"{base}ed", f"{stem}{stem[-1]}ing", f"{stem}{stem[-1]}ed"} | (
        {f"{stem[:-1]}ies", f"{stem[:-1]}ied"} if stem.endswith("y") else set()
    )


_PAST = frozenset(
    "ran flew fell rose sang spoke said ate drank left rode swam drove threw caught fought slept woke sat stood lay held broke burnt grew "
    "froze shook bent began wrote drew hung found met took put gave made got went came saw heard felt wore wears wear kept keeps".split()
)
_STATES = frozenset({"is", "are", "was", "were", "has", "have", "does", "do"})
VERBS = frozenset().union(*map(_forms, _STEMS), _PAST, _STATES)
PLACES = frozenset(
    "in on at inside outside under underneath beneath below above over across along through among amid between behind beside near by "
    "against around beyond into onto toward towards upon within atop where street road city town village house home room kitchen forest "
    "jungle woods desert beach sea ocean lake river mountain hill valley field meadow garden park sky space underwater indoors outdoors "
    "studio stage bar cafe restaurant station train bridge tower castle temple church market alley rooftop roof window dawn dusk sunset "
    "sunrise night midnight morning noon evening winter summer autumn spring rain snow fog mist storm background".split()
)
CAMERA = frozenset(
    "camera shot shots close closeup wide angle lens pan pans panning tilt tilts tilting zoom zooms zooming dolly tracking track aerial "
    "drone pov handheld orbit orbits crane overhead macro static steadicam framing frame framed focus bokeh timelapse hyperlapse "
    "slow-motion perspective viewpoint cinematography".split()
)
ADJECTIVES = frozenset(
    "beautiful stunning amazing gorgeous epic cinematic majestic magnificent incredible breathtaking dramatic fantastic lovely pretty "
    "elegant graceful vibrant colorful colourful vivid bright dark gloomy moody mysterious mystical magical enchanting ethereal dreamy "
    "surreal realistic photorealistic hyperrealistic ultra detailed intricate ornate lush rich deep soft warm cool cold gentle serene "
    "peaceful calm quiet tranquil wild fierce powerful mighty huge giant gigantic massive enormous tiny small little big large tall short "
    "old ancient new modern futuristic young cute adorable sweet happy sad lonely angry brave bold strong sleek shiny glossy smooth rough "
    "dusty dirty clean pristine golden silver crimson red blue green yellow purple pink orange black white grey gray brown perfect "
    "exquisite luxurious glamorous spectacular awesome wonderful delightful charming atmospheric nostalgic romantic intense energetic "
    "dynamic fast slow heavy thick thin long wet dry hot icy frozen sunny rainy foggy misty stormy snowy cloudy windy".split()
)
