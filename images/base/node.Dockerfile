# Stands in for the official Node image where no registry answers: a small Debian with the official Node program.
ARG BASE
FROM ${BASE}
COPY node /usr/local/bin/node
