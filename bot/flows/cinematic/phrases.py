"""What the composer says around an idea's own words: rhythm and movement, and nothing that the idea did not say happens.

`{s}` is the subject, `{S}` the same at the beginning of a sentence, `{does}` what it does; `<keeps|keep>` is for one or for many. Each
phrase has a short sentence and a long one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.cinema import Mode

Bank = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How a mode speaks: when something begins, goes on and ends, when it is seen again from nearer, and when a subject is simply there.

    `moves` are its camera movements, the usual first.
    """

    begins: Bank
    goes_on: Bank
    ends: Bank
    again: Bank
    there: Bank
    moves: Bank
    light: str


VOICES: Mapping[Mode, Voice] = {
    Mode.narrative: Voice(
        begins=(
            "No hurry yet. One small movement leads into the next, and the moment opens around {s} as if it had been waiting.",
            "It begins simply. Each movement gives way to another, and with every one of them {s} <comes|come> closer to what follows.",
            "Watch closely. What looks like little at first gathers weight as it goes, and soon it holds the whole picture.",
            "So it starts. A shift of weight, a turn, and the stillness before it is already out of reach.",
            "Here, and only here. The world narrows to {s}, and every movement in it draws a line that the next one follows.",
        ),
        goes_on=(
            "Something shifts. The pace tightens, the moment before falls behind, and there is no way back to it.",
            "Now it turns. What began slowly runs on by itself, and each movement pulls the next one after it.",
            "A beat passes. Then everything leans the other way, and the story moves on.",
            "There it is. The change comes quietly, runs through the whole picture, and nothing in it stands quite where it stood.",
        ),
        ends=(
            "Then it settles. The last movement comes to rest, and the picture stays with {s} a moment longer than it has to.",
            "Let it rest there. Whatever was set going runs out softly, and {s} <remains|remain> when the rest has passed.",
            "And then, an ending. The movement that began it all comes round to its close, slowly, like a breath let go.",
            "One last look. The picture draws a long line under everything that moved, and leaves {s} at the end of it.",
        ),
        again=(
            "Nearer now. {S} {does}, and details that were lost from afar come forward one after another.",
            "Closer still. {S} {does}, and each small movement counts for more than the large ones did.",
            "Then from nearby. {S} {does}, and for the length of this moment nothing else matters.",
        ),
        there=(
            "Nothing is explained. {S} <holds|hold> the middle of it, and the eye wanders outward from there and always comes back.",
            "A pause before the story. {S} <is|are> simply there, and everything around seems to lean in and listen.",
            "Time to look. The picture gives {s} all the room there is, and lets the smallest movement tell the rest.",
        ),
        moves=("Push in", "Truck right", "Pull out", "Pan left", "Push in"),
        light="Soft light from one side, the same from the first shot to the last",
    ),
    Mode.studio: Voice(
        begins=(
            "Nothing distracts. The light slides along {s}, finds an edge, and follows it all the way round.",
            "Everything else falls away. Each line of {s} stands clear, and every movement is as clean as it is small.",
            "Quiet, and exact. The eye starts at the nearest edge of {s} and travels slowly over every curve.",
        ),
        goes_on=(
            "Then one change. It happens slowly, in plain view, and the light turns with it until it lies somewhere new.",
            "A small event. It crosses the picture without haste, and the shapes around it answer one by one.",
            "Now the detail. What seemed plain from afar shows its grain, its weight, its way of catching the light.",
        ),
        ends=(
            "There it rests. {S} <stands|stand> complete, and one last gleam travels across and fades.",
            "Done, and still. The movement eases to nothing, and {s} <keeps|keep> the middle of the picture, sharp to the edge.",
            "The last look. The light settles on {s} and stays, long enough to remember every line.",
        ),
        again=(
            "Closer. {S} {does}, and the surface answers the light, bright along the rim and dark where it turns away.",
            "Now the texture. {S} {does}, and what was one colour from afar breaks into many.",
            "Slower here. {S} {does}, and every edge draws its own clean line of light.",
        ),
        there=(
            "Nothing distracts. {S} <turns|turn> slowly in the light, and each side shows itself before it gives way to the next.",
            "Only this. The light slides along {s}, finds an edge, and follows it all the way round.",
            "Room to breathe. {S} <rests|rest> in clear space, and a slow gleam crosses from one side to the other.",
        ),
        moves=("Push in", "Truck left", "Pedestal up", "Pan right", "Pull out"),
        light="One clean light from the side, and a calm ground that never competes",
    ),
    Mode.action: Voice(
        begins=(
            "No warning. {S} <throws|throw> everything into the next instant, and the instant after that is already here.",
            "It is on. Weight drops, grip bites, and the whole picture hurls itself forward with {s}.",
            "Go. Every muscle of the moment pulls the same way, and the ground rushes off underneath.",
        ),
        goes_on=(
            "Faster. One impact knocks into the next, and there is just time to see it before it is gone.",
            "Then the swerve. Everything tips, skids, catches itself, and drives on harder than before.",
            "No let-up. The gap closes, the air shakes, and what was ahead a moment ago flies past.",
        ),
        ends=(
            "Then the hit. It lands with all the speed behind it, and {s} <comes|come> through on the other side.",
            "One last burst. Everything that was held back goes into it, and then {s} <breaks|break> clear.",
            "And out. The rush breaks like a wave, the noise drops away, and {s} <stays|stay> in sight.",
        ),
        again=(
            "Right beside it now. {S} {does}, close enough to feel the air tear as it passes.",
            "Tighter. {S} {does}, and every jolt goes straight through the picture.",
            "Low and fast. {S} {does}, and whatever is near turns to streaks while the middle stays clear.",
        ),
        there=(
            "One held breath. {S} <gathers|gather> for what comes next, and the whole picture tightens like a spring.",
            "Then it goes. {S} <bursts|burst> into motion, and the stillness of a moment ago is left standing behind.",
            "Ready. The air hums, small things tremble, and {s} <is|are> about to break loose.",
        ),
        moves=("Tracking shot", "Truck right", "Push in", "Shake", "Pull out"),
        light="Clear, hard light, so that every movement reads",
    ),
    Mode.performance: Voice(
        begins=(
            "On the beat. The rhythm enters through {s}, and each gesture lands a little wider than the one before.",
            "First a breath. Then the movement travels through {s}, from the smallest sign to the one that fills the picture.",
            "All eyes here. {S} <finds|find> the rhythm, loses it for half a beat, and catches it again with a turn.",
        ),
        goes_on=(
            "The pulse lifts. Gesture answers gesture, and what was held inside a moment ago comes out into the open.",
            "Now it swells. The rhythm doubles under everything, and nobody could look away if they tried.",
            "A half-beat of silence. Then it all comes back at once, fuller, freer, sure of itself.",
        ),
        ends=(
            "The last note. It hangs there, and {s} <holds|hold> it with the whole body until it lets go.",
            "And stop. The final gesture arrives exactly on the beat, and {s} <stays|stay> inside it while it rings out.",
            "Then the release. The breath that carried it all goes out, and {s} <stays|stay> where the rhythm left off.",
        ),
        again=(
            "Closer to the face of it. {S} {does}, and the feeling arrives a breath before the gesture.",
            "In time with it. {S} {does}, every accent clear, every pause meant.",
            "Near enough to hear breathing. {S} {does}, and the smallest movement keeps the beat.",
        ),
        there=(
            "A breath before it begins. {S} <stands|stand> in the light, and the first small movement sets the time for all the others.",
            "On the beat. The rhythm enters through {s}, and each gesture lands a little wider than the one before.",
            "Nothing but presence. {S} <holds|hold> the room, and then, with one slow gesture, lets it go.",
        ),
        moves=("Push in", "Pedestal up", "Truck left", "Pan right", "Static shot"),
        light="A warm light that stays with the performance, and darkness that keeps its distance",
    ),
    Mode.atmospheric: Voice(
        begins=(
            "Slowly. The air itself seems to move first, and everything in the picture drifts after it.",
            "Hardly a ripple. The moment spreads outward from {s}, and what it touches begins to stir.",
            "It comes gradually. Light and shadow trade places across {s}, so gently that only the change is seen.",
        ),
        goes_on=(
            "A shift in the air. It passes over everything in one long movement, and leaves it a shade different.",
            "Then, a stirring. Far things come nearer, near things soften, and the whole of it breathes.",
            "Time stretches. The movement goes on under the surface, and shows itself only where it breaks through.",
        ),
        ends=(
            "And it drifts on. The picture opens wide, {s} <becomes|become> a small part of it, and the movement goes on without end.",
            "Then almost nothing. The last movement thins out around {s}, and the air closes over it.",
            "It lingers. What moved is slowing, what glowed is fading, and {s} <stays|stay> behind like an echo.",
        ),
        again=(
            "From nearer. {S} {does}, and the air between here and there can almost be touched.",
            "Still it goes on. {S} {does}, while light wanders across and never quite settles.",
            "Lower, closer. {S} {does}, and small drifting things cross in front and are gone.",
        ),
        there=(
            "Slowly. {S} <comes|come> out of the air itself, first an outline, then a weight, then a presence.",
            "Hardly a movement. The moment spreads outward from {s}, and what it touches begins to stir.",
            "It breathes. Light and shadow trade places across {s}, so gently that only the change is seen.",
        ),
        moves=("Pan right", "Pull out", "Tilt up", "Truck left", "Static shot"),
        light="Faint, even light that deepens toward the edges",
    ),
}

LIGHTS: tuple[tuple[frozenset[str], str], ...] = tuple(
    (frozenset(words.split()), light)
    for words, light in (
        ("neon", "Coloured light spills over every surface and slides as things move"),
        ("underwater reef", "Light comes down in moving ribbons"),
        ("candle candles candlelit candlelight lantern lanterns campfire fireplace torch torches flame flames flaming fire lamp", "Warm light that wavers, and shadows that waver with it"),
        ("dawn sunrise morning daybreak", "The low light of early day, cool in the hollows and warm where it touches"),
        ("sunset dusk evening twilight", "The last light of the day, with long shadows and slowly deepening colours"),
        ("night midnight moonlight moonlit moon stars starry", "A dark picture with small, clear lights, and shapes that show by moving"),
        ("fog foggy mist misty haze hazy smoke smoky", "Soft light without a source, out of which shapes come and into which they go"),
        ("rain rainy raining rains", "A wet light that breaks on every surface"),
        ("snow snowy snowing snows ice frozen glacier", "Pale light from everywhere at once, thrown back from below"),
        ("storm stormy thunder lightning", "A restless light that darkens and clears again"),
        ("spotlight stage spotlights", "One strong light that finds the subject, and darkness beyond it"),
        ("desert dunes sunny noon midday sunlight beach", "Hard clear sun and short shadows"),
    )
)  # fmt: skip
"""The light that words of an idea bring with them; the first that fits."""
