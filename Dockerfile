# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY adapters adapters
COPY config config
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
    && python -m venv /opt/clapper \
    && /opt/clapper/bin/pip install --no-cache-dir "$(echo /wheels/clapper-*.whl)[postgres]"

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home clapper && install -d -o clapper -g clapper /data
COPY --from=build /opt/clapper /opt/clapper
ENV PATH=/opt/clapper/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CLAPPER_DATA=/data \
    CLAPPER_LOG_FORMAT=json \
    CLAPPER_WEB_HOST=0.0.0.0 \
    CLAPPER_WEB_PORT=8080
USER clapper
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['CLAPPER_WEB_PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["clapper"]
CMD ["run"]
