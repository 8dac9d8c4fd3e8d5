"""Takes the photographs out of unpacked Debian packages: photos.py PACKAGES DIR; see photos.sh."""
import glob
import io
import json
import os
import re
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageFilter

LARGEST = 1280  # pixels of the longer side: four times what a scene shows

# Photographs by package; what is left out are renderings, drawings and paintings.
FILES = {
    "mate-backgrounds": ["usr/share/backgrounds/mate/nature/*.jpg"],
    "lomiri-wallpapers-16.04": ["usr/share/backgrounds/[!au]*.jpg", "usr/share/backgrounds/aitzgorri*.jpg"],
    "lomiri-wallpapers-20.04": ["usr/share/backgrounds/Kleiber*.jpg"],
    "plasma-workspace-wallpapers": [
        f"usr/share/wallpapers/{name}/contents/images/2560x1600.jpg" for name in
        ("BytheWater", "ColdRipple", "ColorfulCups", "DarkestHour", "EveningGlow", "FallenLeaf", "Grey", "Kite", "OneStandsOut", "Path", "summer_1am")],
    "palapeli-data": ["usr/share/palapeli/collection/*.jpg"],
    "python3-skimage": [f"usr/lib/python3/dist-packages/skimage/data/{name}" for name in ("astronaut.png", "brick.png", "chelsea.png", "coffee.png", "grass.png", "gravel.png", "rocket.jpg")],
}

# Qt resource files of gcompris-qt-data: the pictures' paths in them.
RESOURCES = "gcompris-qt-data/usr/share/gcompris-qt/rcc/{}.rcc"
RESOURCE_PICTURES = {
    "categorization": r"/(tools|renewable|monuments|fishes|others)/.*\.webp$",
    "clickgame": r"/sea\d\.webp$",
    "details": r"/(Louvre|Egeskov|OperaSidney|TourEiffel|GizahPyramids|EilanDonan|TowerBridge|Chenonceau|FanoeWindmill|NDP|Nagoya|Neuschwanstein|Taj)\w*_background\.webp$",
    "erase": r"\.webp$",
    "explore_farm_animals": r"\.webp$",
    "explore_monuments": r"\.webp$",
    "explore_world_animals": r"\.webp$",
    "explore_world_music": r"\.webp$",
}

# From the documentation of skimage.data.
SKIMAGE = {
    "astronaut": ("NASA", "Public Domain"), "brick": ("CC0Textures", "CC0-1.0"), "chelsea": ("Stefan van der Walt", "CC0-1.0"),
    "coffee": ("Rachel Michetti", "CC0-1.0"), "grass": ("linolafett", "CC0-1.0"), "gravel": ("CC0Textures", "CC0-1.0"), "rocket": ("SpaceX", "Public Domain"),
}

# Stamps are cut out of photographs; these are drawn, or light without a surface.
STAMPS = "tuxpaint-stamps-default/usr/share/tuxpaint/stamps"
NO_PHOTOGRAPHS = ("/cartoon/|button|feathered_hat|pizza|hedgehog|santa|bunny|chick|jackolantern|firework|lightning|explosion|fire.png|sun|"
                  "saturn|candy_cane|bee.png|candle|pigface|parachute|paratrooper|Santa|mirror|coins|roadsigns|symbols")
SMALLEST_STAMP = 30_000  # bytes; smaller files have too few pixels


def main(packages: str, out: str) -> None:
    for part in ("train", "validate"):
        os.makedirs(f"{out}/{part}/cutouts", exist_ok=True)
    credits = []
    for package, patterns in FILES.items():
        for path in sorted({path for pattern in patterns for path in glob.glob(f"{packages}/{package}/{pattern}")}):
            parts = path.split("/")
            name = parts[-4] if parts[-1] == "2560x1600.jpg" else os.path.splitext(parts[-1])[0]
            name = placed(f"{package.split('-')[0]}-{name}.jpg")
            save(Image.open(path), f"{out}/{name}")
            credits.append((name, *credit(packages, package, path)))
    for activity, pattern in RESOURCE_PICTURES.items():
        files = dict(resources(f"{packages}/{RESOURCES.format(activity)}"))
        known = authors(files)
        for path in sorted(files):
            if re.search(pattern, path) and "question" not in path:
                name = placed(f"gcompris-{activity}-{os.path.splitext(os.path.basename(path))[0]}.jpg")
                save(Image.open(io.BytesIO(files[path])), f"{out}/{name}")
                credits.append((name, *known.get(path, ("GCompris' authors", "GPL-3+", "gcompris-qt-data"))))
    for path in sorted(glob.glob(f"{packages}/{STAMPS}/**/*.png", recursive=True)):
        if os.path.getsize(path) < SMALLEST_STAMP or re.search(NO_PHOTOGRAPHS, path):
            continue
        picture = Image.open(path).convert("RGBA")
        name = os.path.splitext(os.path.basename(path))[0]
        if picture.getchannel("A").getextrema()[0] > 0:
            continue  # nothing is cut out
        picture = picture.crop(picture.getchannel("A").getbbox())
        name = placed(f"cutouts/{name}")
        spread(picture).save(f"{out}/{name}.png")
        picture.getchannel("A").save(f"{out}/{name}.mask.png")
        credits.append((f"{name}.png", "Tux Paint's contributors", "GPL-2", "tuxpaint-stamps-default"))
    with open(f"{out}/credits.tsv", "w", encoding="utf-8") as file:
        file.write("picture\tauthor\tlicence\tsource\n" + "".join("\t".join(line) + "\n" for line in credits))
    print(f"{len(credits)} pictures: {out}/credits.tsv")


def credit(packages: str, package: str, path: str):
    """Author, licence and source of a picture that lies in a package as a file."""
    name = os.path.basename(path)
    if package == "plasma-workspace-wallpapers":
        with open(f"{path.split('/contents/')[0]}/metadata.json", encoding="utf-8") as file:
            plugin = json.load(file)["KPlugin"]
        return ", ".join(author["Name"] for author in plugin["Authors"]), plugin["License"], package
    if package == "palapeli-data":
        with open(os.path.splitext(path)[0] + ".desktop", encoding="utf-8") as file:
            about = dict(line.rstrip().split("=", 1) for line in file if "=" in line)
        return about["X-KDE-PluginInfo-Author"], about["X-KDE-PluginInfo-License"], package
    if package == "python3-skimage":
        return *SKIMAGE[os.path.splitext(name)[0]], package
    with open(f"{packages}/{package}/usr/share/doc/{package}/copyright", encoding="utf-8") as file:
        for block in re.split(r"\n\s*\n", file.read()):
            if re.search(rf"^(Files:)? +?.*/?{re.escape(name)}$", block, re.M):
                author, = re.findall(r"^Copyright:((?:.*)(?:\n .*)*)", block, re.M)
                return " ".join(re.sub(r"<[^>]*>|´", "", author).split()), re.search(r"^License: *(.*)$", block, re.M).group(1), package
    raise ValueError(f"{package}: the copyright file does not name {name}.")


def placed(name: str) -> str:
    """One picture in eight is kept for validation, by its name."""
    return ("validate/" if zlib.crc32(name.encode()) % 8 == 0 else "train/") + name


def spread(picture: Image.Image) -> Image.Image:
    """Colours without transparency: beyond the outline those of the nearest pixels go on, so that a soft edge has no halo."""
    rgba = np.asarray(picture, np.float32) / 255
    colours, known = rgba[..., :3] * rgba[..., 3:], rgba[..., 3:]
    result, weight = colours * known, known * known
    for radius in (2, 6, 20):
        blur = ImageFilter.BoxBlur(radius)
        spread_colours = np.asarray(Image.fromarray(np.uint8(colours * 255)).filter(blur), np.float32) / 255
        spread_known = np.asarray(picture.getchannel("A").filter(blur), np.float32)[..., None] / 255
        share = 1e-3 / radius ** 2
        result, weight = result + share * spread_colours, weight + share * spread_known
    return Image.fromarray(np.uint8(np.clip(result / np.maximum(weight, 1e-9), 0, 1) * 255))


def save(picture: Image.Image, path: str) -> None:
    picture = picture.convert("RGB")
    picture.thumbnail((LARGEST, LARGEST), Image.LANCZOS)
    picture.save(path, quality=95)


def resources(path: str):
    """The files in a Qt resource file: (path, bytes)."""
    with open(path, "rb") as file:
        data = file.read()
    version, tree, contents, names = struct.unpack(">4I", data[4:20])
    size = 14 if version == 1 else 22

    def name(at: int) -> str:
        length, = struct.unpack(">H", data[names + at:names + at + 2])
        return data[names + at + 6:names + at + 6 + 2 * length].decode("utf-16-be")

    def below(node: int, prefix: str):
        at = tree + node * size
        named, flags = struct.unpack(">IH", data[at:at + 6])
        path = prefix + ("" if node == 0 else name(named))
        if flags & 2:
            count, first = struct.unpack(">II", data[at + 6:at + 14])
            for child in range(first, first + count):
                yield from below(child, path + "/")
            return
        start, = struct.unpack(">I", data[at + 10:at + 14])
        length, = struct.unpack(">I", data[contents + start:contents + start + 4])
        body = data[contents + start + 4:contents + start + 4 + length]
        if not flags & 4:  # zstd, which no picture has
            yield path, zlib.decompress(body[4:]) if flags & 1 else body

    return below(0, "")


def authors(files: dict) -> dict:
    """Author, licence and source of every file that a README beside it names."""
    known = {}
    for path, text in files.items():
        if not path.endswith("README"):
            continue
        folder = os.path.dirname(path)
        for block in re.split(r"\n\s*\n", text.decode("utf-8")):
            fields = dict(re.findall(r"^(Copyright|License|Source|Comment): *(.*)$", block, re.M))
            for file in re.findall(r"[^\s]+\.webp", block):
                source = fields.get("Source") or fields.get("Comment", "")
                known[f"{folder}/{file}"] = (fields.get("Copyright", ""), fields.get("License", ""), source)
    return known


if __name__ == "__main__":
    main(*sys.argv[1:])
