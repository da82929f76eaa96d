# Stands in for the official Node image where no registry answers: a small Debian with the official Node program, and npm as it is there.
ARG BASE
FROM ${BASE}
COPY node /usr/local/bin/node
ADD npm.tar /usr/local/lib/node_modules/
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
