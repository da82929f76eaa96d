"""Builds the package without any tool that would have to be fetched."""

import zipfile

DESCRIPTION = {
    "METADATA": "Metadata-Version: 2.1\nName: words\nVersion: 1.0\n",
    "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "RECORD": "",
}


def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "words-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{directory}/{name}", "w") as wheel:
        wheel.write("words.py")
        for file, text in DESCRIPTION.items():
            wheel.writestr(f"words-1.0.dist-info/{file}", text)
    return name
