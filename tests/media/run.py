"""Other people's tools write positions into photos and videos, ours removes them, and other people's
tools look again: no position is left, the day it was taken is, and not a pixel has changed.

Needs exiftool, ffmpeg, Pillow and pillow-heif. Arguments: the program `unlocate` (crates/domain/examples),
and, to write new samples for `cargo test`, a folder for them.
"""

import hashlib
import json
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import pillow_heif
from PIL import Image, ImageSequence

pillow_heif.register_heif_opener()

DATE = '2026:03:14 15:09:26'
POSITION = ['GPSLatitude=51.507351', 'GPSLongitude=-0.127758']
WHERE = [*(f'-EXIF:{it}' for it in POSITION), '-EXIF:GPSLatitudeRef=N', '-EXIF:GPSLongitudeRef=W',
         '-EXIF:GPSAltitude=35', '-EXIF:GPSProcessingMethod=GPS']
WHERE_XMP = [*(f'-XMP:{it}' for it in POSITION), '-XMP-photoshop:City=London',
             '-XMP-iptcExt:LocationCreatedCity=London', '-XMP-iptcExt:LocationCreatedGPSLatitude=51.5']
WHEN = [f'-DateTimeOriginal={DATE}', '-Make=Camera', '-XMP:Description=Damp in the hall']
# What these words name says where something was.
TELLING = ['gps', 'location', 'latitude', 'longitude', 'city', 'position']
# How far into the file something is, the shape of a box or the parts of a picture; no place.
NOT_TELLING = ['ChromaSamplePosition', 'YCbCrPositioning', 'YPosition', 'XPosition', 'ItemLocation']


# Samples with another file behind them: a sign of it, and how many bytes of it come before.
BEHIND = {'pictures.jpg': (b'\xFF\xD8\xFF', 0), 'moving.jpg': (b'ftyp', 4)}
# What a segment of a JPEG with XMP begins with.
XMP = b'http://ns.adobe.com/xap/1.0/\0'


def xmp(prefix, namespace, attributes, inside=''):
    """A packet with attributes, and elements, of one namespace."""
    return ('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            f'<rdf:Description rdf:about="" xmlns:{prefix}="{namespace}" {attributes}>{inside}'
            '</rdf:Description></rdf:RDF></x:xmpmeta>').encode()


def run(*command):
    done = subprocess.run([str(it) for it in command], capture_output=True)
    if done.returncode != 0:
        raise AssertionError(f'{command}: {done.stderr.decode()}')
    return done.stdout


def exiftool(file, *arguments):
    run('exiftool', '-q', '-overwrite_original', '-n', *arguments, file)
    return file


def ffmpeg(*arguments):
    run('ffmpeg', '-v', 'error', '-y', *arguments)


class Samples:
    """Files that say where and when they were taken, by name."""

    def __init__(self, folder):
        self.folder = folder
        self.picture = Image.effect_noise((48, 32), 60).convert('RGB')

    def path(self, name):
        return self.folder / name

    def photo(self, name, *arguments, **options):
        self.picture.save(self.path(name), **options)
        return exiftool(self.path(name), *WHEN, *arguments)

    def film(self, name, *arguments):
        source = 'testsrc=size=64x48:rate=5:duration=0.4'
        ffmpeg('-f', 'lavfi', '-i', source, '-c:v', 'mpeg4', '-qscale:v', '31',
               '-metadata', 'creation_time=2026-03-14T15:09:26Z', *arguments, self.path(name))
        return self.path(name)

    def all(self):
        photo, film, path = self.photo, self.film, self.path
        for order in ('II', 'MM'):
            photo(f'exif-{order}.jpg', *WHERE, *WHERE_XMP, f'-ExifByteOrder={order}')
        photo('exif.png', *WHERE, *WHERE_XMP)
        photo('exif.webp', *WHERE, *WHERE_XMP)
        photo('lossless.webp', *WHERE, lossless=True)
        photo('exif.tif', *WHERE, *WHERE_XMP)
        photo('big-endian.tif', *WHERE, '-ExifByteOrder=MM')
        photo('exif.heic', *WHERE, *WHERE_XMP)
        photo('exif.avif', *WHERE, *WHERE_XMP)
        self.thumbnail('thumbnail.jpg')
        self.extended('extended.jpg')
        self.pictures('pictures.jpg')
        self.long_xmp('long-xmp.png')
        film('ffmpeg.mp4', '-metadata', 'location=+51.5074-000.1278/')
        film('ffmpeg.mov', '-metadata', 'location=+51.5074-000.1278/')
        film('ffmpeg.3gp', '-metadata', 'location=+51.5074-000.1278/', '-s', '128x96', '-c:v', 'h263')
        film('front.mp4', '-metadata', 'location=+51.5074-000.1278/', '-movflags', '+faststart')
        film('keys.mov', '-movflags', 'use_metadata_tags',
             '-metadata', 'com.apple.quicktime.location.ISO6709=+51.5074-000.1278+035.1/',
             '-metadata', 'com.apple.quicktime.location.accuracy.horizontal=4.7',
             '-metadata', 'com.apple.quicktime.creationdate=2026-03-14T15:09:26+0000')
        exiftool(film('written.mov'), '-Keys:GPSCoordinates=51.5074 -0.1278 35', f'-Keys:CreationDate={DATE}',
                 '-UserData:GPSCoordinates=51.5074 -0.1278 35', '-UserData:LocationInformation=London', *WHERE_XMP)
        exiftool(film('written.mp4'), '-ItemList:GPSCoordinates=51.5074 -0.1278 35',
                 '-Keys:LocationName=London', *WHERE_XMP)
        self.moving('moving.jpg', path('ffmpeg.mp4'))
        return sorted(it for it in self.folder.iterdir() if it.is_file())

    def thumbnail(self, name):
        small = self.path('small')
        self.picture.resize((24, 16)).save(small, 'JPEG')
        self.photo(name, *WHERE, f'-ThumbnailImage<={small}')
        small.unlink()

    def insert(self, name, *segments):
        """A photo with more segments behind its first two bytes."""
        file = self.path(name).read_bytes()
        parts = [b'\xFF' + bytes([marker]) + struct.pack('>H', len(it) + 2) + it for marker, it in segments]
        self.path(name).write_bytes(file[:2] + b''.join(parts) + file[2:])

    def extended(self, name):
        """XMP over several segments, cut in the middle of what says where."""
        self.photo(name)
        packet = xmp('exif', 'http://ns.adobe.com/exif/1.0/', 'exif:GPSMapDatum="WGS-84" exif:GPSLatitude="51,30.4411N"',
                     '<exif:GPSLongitude>0,7.6655W</exif:GPSLongitude>')
        owner = hashlib.md5(packet).hexdigest().upper()
        first = xmp('xmpNote', 'http://ns.adobe.com/xmp/note/', f'xmpNote:HasExtendedXMP="{owner}"')
        cuts = [0, packet.index(b'GPSLat') + 3, packet.index(b'7.6655'), len(packet)]
        head = b'http://ns.adobe.com/xmp/extension/\0' + owner.encode() + struct.pack('>I', len(packet))
        rest = [head + struct.pack('>I', start) + packet[start:end] for start, end in zip(cuts, cuts[1:])]
        self.insert(name, *((0xE1, it) for it in [XMP + first, *rest]))

    def pictures(self, name):
        """A second picture in the file, with a position of its own."""
        second = self.photo('second.jpg', *WHERE).read_bytes()
        self.path('second.jpg').unlink()
        self.photo(name, *WHERE)
        first = self.path(name).stat().st_size
        # Directory: two entries, then the list. Counted from behind the name of the segment.
        entries = [(0xB001, 4, 1, 2), (0xB002, 7, 32, 8 + 2 + 24 + 4)]
        directory = struct.pack('<H', 2) + b''.join(struct.pack('<HHII', *it) for it in entries) + bytes(4)
        length = 4 + 4 + 8 + len(directory) + 32
        pictures = (struct.pack('<IIIHH', 0x20030000, first + length, 0, 0, 0)
                    + struct.pack('<IIIHH', 0, len(second), first + length - 10, 0, 0))
        self.insert(name, (0xE2, b'MPF\0' + struct.pack('<4sI', b'II*\0', 8) + directory + pictures))
        with self.path(name).open('ab') as file:
            file.write(second)

    def long_xmp(self, name):
        """A packet that is longer than a slice. Too large to keep as a sample."""
        text = self.path('text')
        text.write_text('long ' * 30_000)
        self.photo(name, f'-XMP:Description<={text}', *WHERE_XMP)
        text.unlink()

    def moving(self, name, film):
        """A photo with a video behind it."""
        video = film.read_bytes()
        self.photo(name, *WHERE)
        packet = xmp('GCamera', 'http://ns.google.com/photos/1.0/camera/',
                     f'GCamera:MicroVideo="1" GCamera:MicroVideoOffset="{len(video)}"')
        self.insert(name, (0xE1, XMP + packet))
        with self.path(name).open('ab') as file:
            file.write(video)


def tags(file):
    """All that exiftool finds, in every picture of the file and with every group."""
    return json.loads(run('exiftool', '-j', '-a', '-ee3', '-G1:3', '-n', '-s', '-m', file))[0]


def telling(found):
    names = {name: value for name, value in found.items() if name.split(':')[-1] not in NOT_TELLING}
    return {name: value for name, value in names.items()
            if any(word in name.split(':')[-1].lower() for word in TELLING)}


def warnings(found):
    return [value for name, value in found.items() if name.endswith((':Warning', ':Error'))]


def pictures(file):
    with Image.open(file) as image:
        return [frame.convert('RGB').tobytes() for frame in ImageSequence.Iterator(image)]


def video(file):
    """Every frame as ffmpeg decodes it, and all that it says about the file."""
    frames = run('ffmpeg', '-v', 'error', '-i', file, '-map', '0', '-f', 'framemd5', '-')
    about = json.loads(run('ffprobe', '-v', 'error', '-show_format', '-show_streams', '-of', 'json', file))
    return frames, about


class Unlocated(unittest.TestCase):
    def test_no_tool_finds_a_position_any_more(self):
        folder = Path(self.folder)
        before, after = folder / 'before', folder / 'after'
        before.mkdir()
        after.mkdir()
        samples = Samples(before).all()
        films = [it for it in samples if it.suffix in ('.mp4', '.mov', '.3gp')]
        pairs = [part for it in samples for part in (it, after / it.name)]
        print(run(PROGRAM, *pairs).decode().replace(str(before) + '/', ''))
        for old in samples:
            new = after / old.name
            with self.subTest(old.name):
                had, has = tags(old), tags(new)
                self.assertTrue(telling(had), 'the sample has no position')
                self.assertEqual(telling(has), {})
                self.assertEqual(warnings(has), warnings(had))
                self.assertEqual(new.stat().st_size, old.stat().st_size)
                kept = {name: value for name, value in had.items()
                        if any(word in name for word in ('DateTimeOriginal', 'CreateDate', 'CreationDate', 'Make', 'Description'))}
                self.assertTrue(kept)
                self.assertLessEqual(kept.items(), has.items())
                if old.name in BEHIND:
                    sign, before_sign = BEHIND[old.name]
                    had, has = (self.behind(it, sign, before_sign) for it in (old, new))
                    self.assertTrue(telling(had), 'what is behind the sample has no position')
                    self.assertEqual(telling(has), {})
                if old in films:
                    (frames, _), (same_frames, about) = video(old), video(new)
                    self.assertEqual(frames, same_frames)
                    self.assertNotIn('51.5', json.dumps(about))
                    self.assertNotIn('London', json.dumps(about))
                else:
                    self.assertEqual(pictures(old), pictures(new))
        if SAMPLES:
            for file in samples:
                if file.stat().st_size < 20_000:
                    (Path(SAMPLES) / file.name).write_bytes(file.read_bytes())

    def behind(self, file, sign, before_sign):
        """What exiftool finds in the second half of a file."""
        whole = file.read_bytes()
        part = Path(self.folder) / 'part'
        part.write_bytes(whole[whole.rindex(sign) - before_sign:])
        return tags(part)

    def run(self, result=None):
        with tempfile.TemporaryDirectory() as self.folder:
            return super().run(result)


if __name__ == '__main__':
    PROGRAM, SAMPLES = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    unittest.main(argv=sys.argv[:1], verbosity=2)
