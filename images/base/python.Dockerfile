# Stands in for the official Python image where no registry answers: a small Debian with its own Python, found in the same place, and
# with pip, which Debian keeps as a wheel.
ARG BASE
FROM ${BASE}
RUN ln -s /usr/bin/python3 /usr/local/bin/python3 \
 && packages="$(python3 -c 'import sys; print("/usr/local/lib/python%d.%d/dist-packages" % sys.version_info[:2])')" \
 && mkdir -p "$packages" \
 && python3 -m zipfile -e /usr/share/python-wheels/pip-*.whl "$packages" \
 && rm -rf /usr/share/python-wheels \
 && python3 -m pip --version
