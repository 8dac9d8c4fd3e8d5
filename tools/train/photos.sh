#!/usr/bin/env bash
# Fetches photographs under free licences for EMDC.Scenes (--photos): photos.sh DIR
# Debian packages are downloaded and unpacked, not installed; photos.py takes the pictures that are photographs (each was looked at),
# shrinks them to 1280 pixels and writes DIR/train and DIR/validate (one in eight): *.jpg, cutouts/*.png with masks; and
# DIR/credits.tsv: author, licence, source. Needs Debian's apt-get and dpkg, python3-pil, python3-numpy, and 1 GB while it runs.
set -euo pipefail
dir=${1:?photos.sh DIR}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
packages="$dir/.packages"
mkdir -p "$packages"
cd "$packages"
for name in gcompris-qt-data lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 mate-backgrounds palapeli-data plasma-workspace-wallpapers python3-skimage tuxpaint-stamps-default; do
  [ -d "$name" ] && continue
  apt-get download "$name"
  mkdir "$name.partial"
  dpkg -x "$name"_*.deb "$name.partial"
  mv "$name.partial" "$name"
  rm "$name"_*.deb
done
/usr/bin/python3 "$here/photos.py" "$packages" "$dir"
rm -r "$packages"
