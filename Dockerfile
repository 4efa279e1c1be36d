# One image for dashboard, conductor and node: `docker compose` sets which one a container is.
FROM python:3.14-slim-trixie

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

WORKDIR /build
# First what changes least: a change of the code does not install the requirements again.
COPY requirements/lab.txt requirements/
RUN pip install --require-hashes -r requirements/lab.txt
COPY . .
RUN pip install --no-deps --no-build-isolation . && rm -rf /build/*

RUN useradd --create-home --uid 1000 lab
USER lab
WORKDIR /home/lab

ENTRYPOINT ["lab"]
CMD ["--help"]
