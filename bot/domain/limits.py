"""What is accepted where a model says nothing of its own."""

from bot.domain.media import MediaKind, MediaLimits

_PICTURES = ("jpeg", "png", "webp", "bmp", "tiff", "gif", "heic", "heif")
IMAGE_LIMITS = MediaLimits(
    formats=tuple(f"image/{name}" for name in _PICTURES),
    max_bytes=30_000_000,
    min_side=300,
    max_side=6000,
    min_aspect=0.4,
    max_aspect=2.5,
)
VIDEO_LIMITS = MediaLimits(
    formats=("video/mp4", "video/quicktime"),
    min_pixels=300_000,  # 480p: 640 x 480 is the smallest
    max_pixels=2_086_876,  # 1080p: 21:9 is the largest
    min_aspect=0.4,
    max_aspect=2.5,
    min_seconds=2,
    max_seconds=15,
    slack_seconds=0.2,
    min_fps=24,
    max_fps=60,
    video_codecs=("h264", "hevc"),
    audio_codecs=("aac", "mp3"),
)
AUDIO_LIMITS = MediaLimits(
    formats=("audio/wav", "audio/mpeg"),
    max_bytes=15_000_000,
    min_seconds=2,
    max_seconds=15,
    slack_seconds=0.2,
)
LIMITS = {MediaKind.image: IMAGE_LIMITS, MediaKind.video: VIDEO_LIMITS, MediaKind.audio: AUDIO_LIMITS}
