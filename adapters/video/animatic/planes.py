"""Pictures as the encoder wants them: brightness at full size, two colours at half, BT.709 in video range."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import av
import numpy as np
from PIL import Image

from adapters.video.animatic.camera import (
    Framing,
    Matrix,
    Path,
    Pose,
    framing,
    inverse,
    still_framing,
    through,
    times,
    view,
)
from adapters.video.animatic.warp import Steps, Warp, alike, steps

PAD = 8  # pixels of repeated edge, so that resampling never reaches outside
FINEST = 1.2  # how much finer than the film a source is kept at most
LAYER_FINEST = 1.2  # drawn shapes are soft: more would not be seen
FLAT = 1e-9
BLACK, GREY = 16, 128


Region = tuple[int, int, int, int]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Planes:
    """Three greyscale images: Y, and U and V at half the size."""

    y: Image.Image
    u: Image.Image
    v: Image.Image

    def __iter__(self) -> Iterator[Image.Image]:
        return iter((self.y, self.u, self.v))

    @property
    def size(self) -> tuple[int, int]:
        return self.y.size

    def picture(self) -> Image.Image:
        """As RGB."""
        frame = av.VideoFrame(*self.size, "yuv420p")
        fill(frame, self)
        return frame.reformat(format="rgb24", src_colorspace="ITU709", src_color_range="MPEG").to_image()


def halves(size: tuple[int, int]) -> tuple[int, int]:
    return (size[0] + 1) // 2, (size[1] + 1) // 2


def planes_of(picture: Image.Image) -> Planes:
    """An RGB picture of any size as planes of the same size."""
    frame = av.VideoFrame.from_image(picture.convert("RGB"))
    return planes_of_frame(frame, "yuv444p")


def planes_of_frame(frame: av.VideoFrame, layout: str = "yuv420p") -> Planes:
    """A decoded frame as planes; whatever its own colours, they become BT.709 in video range."""
    turned = frame.reformat(format=layout, dst_colorspace="ITU709", dst_color_range="MPEG")
    y, u, v = (
        Image.fromarray(
            np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width].copy()
        )
        for plane in turned.planes
    )
    half = halves(y.size)
    if u.size != half:
        u, v = (one.resize(half, Image.Resampling.BOX) for one in (u, v))
    return Planes(y, u, v)


def fill(frame: av.VideoFrame, planes: Planes) -> None:
    for plane, image in zip(frame.planes, planes, strict=True):
        room = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
        room[:, : plane.width] = np.asarray(image)


def blend(one: Planes, other: Planes, share: float) -> Planes:
    """`share` of the other, the rest of the one."""
    if share <= 0:
        return one
    if share >= 1:
        return other
    y, u, v = (Image.blend(a, b, share) for a, b in zip(one, other, strict=True))
    return Planes(y, u, v)


def vignette(size: tuple[int, int]) -> Image.Image:
    """A mask that is dark in the middle and bright in the corners."""
    width, height = size
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    far = np.clip((across**2 + down**2 - 0.55) / 1.45, 0, 1) ** 1.3
    return Image.fromarray((far * 255).astype(np.uint8))


def _padded(image: Image.Image, pad: int) -> Image.Image:
    return Image.fromarray(np.pad(np.asarray(image), pad, mode="edge"))


def _is_flat(m: Matrix) -> bool:
    """Whether a view is an upright rectangle, which resamples faster and sharper."""
    return max(abs(m[1]), abs(m[3]), abs(m[6]), abs(m[7])) < FLAT * abs(m[8])


class Lens:
    """A picture under a camera path: gives the film's frame for any moment of it.

    `picture` has the film's ratio. `depth` is its parallax; a `mask` of the same size makes it a layer that `over` lays on others.
    """

    def __init__(
        self,
        picture: Image.Image,
        size: tuple[int, int],
        path: Path,
        *,
        depth: float = 1.0,
        still: float = 0.5,
        mask: Image.Image | None = None,
    ) -> None:
        self.size, self.path, self.depth, self.still = size, path, depth, still
        width, height = size
        self.wide, self.high = (width / height, 1.0) if width >= height else (1.0, height / width)
        self.framing = self._framing()
        closest = min((self._closeness(t) for t in path.moments()), default=1.0)
        fine = min(FINEST if mask is None else LAYER_FINEST, max(1.0, 1.0 / closest))
        inner = (math.ceil(width * fine / 2) * 2, math.ceil(height * fine / 2) * 2)
        planes = planes_of(picture.resize(inner, Image.Resampling.LANCZOS))
        self.inner = inner
        self.y = _padded(planes.y, PAD * 2)
        self.u, self.v = (_padded(plane, PAD) for plane in (planes.u, planes.v))
        self.mask = _padded(mask.resize(inner, Image.Resampling.LANCZOS), PAD * 2) if mask else None
        self.shape = self.mask.getbbox() if self.mask else None
        self.corners = (
            vignette(size) if mask is None and any(self.pose(t).vignette > 0 for t in path.moments()) else None
        )

        self.warps = self._warps()

    def _framing(self) -> Framing | None:
        """One framing for the whole path; a path that must rest exactly on the picture is framed moment by moment."""
        if self.still in {0.0, 1.0}:
            return None
        return framing((self.pose(t) for t in self.path.moments()), self.wide, self.high)

    def pose(self, t: float) -> Pose:
        return self.path.pose(t, self.still).at_depth(self.depth)

    def _closeness(self, t: float) -> float:
        pose = self.pose(t)
        framed = self.framing or still_framing(pose, self.wide, self.high)
        return min(1.0, framed.scale * math.exp(-pose.dolly - pose.zoom))

    def _warps(self) -> tuple[Warp, ...]:
        """Y, U and V ready to be seen in perspective; none where the path has no perspective or too much of one."""
        if self.mask is not None:
            return ()
        usual = self._steps(self.path.seconds / 2, 0.5, 0.5)
        for t in self.path.moments():
            if not all(alike(self._steps(t, x, y), usual) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))):
                return ()
        if all(_is_flat(self._matrix(self._seen(t), self.size, PAD * 2)) for t in self.path.moments()):
            return ()
        return Warp(self.y, usual), Warp(self.u, usual, soft=True), Warp(self.v, usual, soft=True)

    def _steps(self, t: float, x: float, y: float) -> Steps:
        return steps(self._matrix(self._seen(t), self.size, PAD * 2), x * self.size[0], y * self.size[1])

    def _seen(self, t: float) -> Matrix:
        """From a point of the frame to the point of the picture that is seen there at `t`."""
        pose = self.pose(t)
        framed = self.framing or still_framing(pose, self.wide, self.high)
        return times(framed.matrix(), view(pose, self.wide, self.high))

    def _matrix(self, seen: Matrix, size: tuple[int, int], pad: int) -> Matrix:
        """From an output pixel of a plane of `size` to a pixel of the padded source plane."""
        source = self.inner if pad == PAD * 2 else halves(self.inner)
        frame: Matrix = (self.wide / size[0], 0, -self.wide / 2, 0, self.high / size[1], -self.high / 2, 0, 0, 1)
        to_source: Matrix = (
            source[0] / self.wide, 0, source[0] / 2 + pad, 0, source[1] / self.high, source[1] / 2 + pad, 0, 0, 1,
        )  # fmt: skip
        return times(to_source, times(seen, frame))

    def _sample(self, image: Image.Image, seen: Matrix, region: Region, pad: int) -> Image.Image:
        """What is seen of a source plane in a part of the output plane."""
        left, top, right, bottom = region
        size = (right - left, bottom - top)
        whole = self.size if pad == PAD * 2 else halves(self.size)
        m = times(self._matrix(seen, whole, pad), (1, 0, left, 0, 1, top, 0, 0, 1))
        if _is_flat(m):
            x, y = m[2] / m[8], m[5] / m[8]
            box = (x, y, x + size[0] * m[0] / m[8], y + size[1] * m[4] / m[8])
            return image.resize(size, Image.Resampling.BILINEAR, box=box)
        weights = tuple(cell / m[8] for cell in m[:8])
        return image.transform(size, Image.Transform.PERSPECTIVE, weights, Image.Resampling.BILINEAR)

    def look(self, t: float) -> Planes:
        """The film's frame at `t`."""
        seen, half = self._seen(t), halves(self.size)
        if self.warps and not _is_flat(self._matrix(seen, self.size, PAD * 2)):
            y = self.warps[0].look(self._matrix(seen, self.size, PAD * 2), self.size)
            u, v = (warp.look(self._matrix(seen, half, PAD), half) for warp in self.warps[1:])
        else:
            y = self._sample(self.y, seen, (0, 0, *self.size), PAD * 2)
            u, v = (self._sample(plane, seen, (0, 0, *half), PAD) for plane in (self.u, self.v))
        dark = min(0.45, self.pose(t).vignette) if self.corners else 0.0
        if self.corners and dark > 0:
            y.paste(BLACK, mask=self.corners.point([round(level * dark) for level in range(256)]))
        return Planes(y, u, v)

    def over(self, under: Planes, t: float) -> Planes:
        """Lays this layer on a frame, in place, touching only the part it covers."""
        assert self.mask is not None
        seen = self._seen(t)
        region = self._covered(seen)
        if region is None:
            return under
        left, top, right, bottom = region
        half = (left // 2, top // 2, (right + 1) // 2, (bottom + 1) // 2)
        mask = self._sample(self.mask, seen, region, PAD * 2)
        under.y.paste(self._sample(self.y, seen, region, PAD * 2), region, mask)
        half_mask = mask.reduce(2)
        under.u.paste(self._sample(self.u, seen, half, PAD), half, half_mask)
        under.v.paste(self._sample(self.v, seen, half, PAD), half, half_mask)
        return under

    def _covered(self, seen: Matrix) -> Region | None:
        """Where in the output the mask can be seen; None where nowhere."""
        if self.shape is None:
            return None
        back = inverse(self._matrix(seen, self.size, PAD * 2))
        left, top, right, bottom = self.shape
        corners = [through(back, x, y) for x in (left, right) for y in (top, bottom)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        region = (
            max(0, math.floor(min(xs) / 2) * 2 - 2),
            max(0, math.floor(min(ys) / 2) * 2 - 2),
            min(self.size[0], math.ceil(max(xs) / 2) * 2 + 2),
            min(self.size[1], math.ceil(max(ys) / 2) * 2 + 2),
        )
        return region if region[0] < region[2] and region[1] < region[3] else None
