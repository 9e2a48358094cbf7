"""Makes the image files beside it, with Pillow 12: python make.py FOLDER. One drawing, 24 x 16, in every form."""
import io
import sys
import numpy as np
from PIL import Image, ImageCms

out = sys.argv[1]
y, x = np.mgrid[0:16, 0:24]
rgb = np.stack([40 + 8 * x, 30 + 12 * y, 250 - 9 * x], -1).clip(0, 255).astype(np.uint8)
rgb[:6, :8] = [230, 40, 30]
image = Image.fromarray(rgb)
image.save(f"{out}/upright.png")
# What must be done to the upright image so that the turn that EXIF's code names brings it back.
BACK = {1: None, 2: Image.FLIP_LEFT_RIGHT, 3: Image.ROTATE_180, 4: Image.FLIP_TOP_BOTTOM, 5: Image.TRANSPOSE,
        6: Image.ROTATE_90, 7: Image.TRANSVERSE, 8: Image.ROTATE_270}
for code, back in BACK.items():
    exif = Image.Exif()
    exif[0x0112] = code
    stored = image if back is None else image.transpose(back)
    stored.save(f"{out}/turned-{code}.jpg", quality=95, subsampling=0, exif=exif)
    stored.save(f"{out}/turned-{code}.png", exif=exif)
    stored.save(f"{out}/turned-{code}.webp", lossless=True, exif=exif)
    stored.save(f"{out}/turned-{code}.tif", compression="tiff_lzw", tiffinfo={274: code})
image.save(f"{out}/lossless.webp", lossless=True)
image.save(f"{out}/lossy.webp", quality=95)
image.save(f"{out}/progressive.jpg", quality=95, subsampling=0, progressive=True)
image.convert("CMYK").save(f"{out}/cmyk.jpg", quality=95, subsampling=0)
image.save(f"{out}/plain.avif", quality=80)
grey = image.convert("L")
grey.save(f"{out}/grey.png")
grey.save(f"{out}/grey.tif")
Image.merge("RGB", [grey] * 3).save(f"{out}/grey-rgb.png")
Image.fromarray(np.asarray(grey).astype(np.uint16) * 257).save(f"{out}/grey-16.png")
Image.merge("LA", [grey, Image.new("L", grey.size, 255)]).save(f"{out}/grey-alpha.png")
grey.convert("RGB").quantize(256).save(f"{out}/grey-palette.png")
grey.save(f"{out}/grey.webp", lossless=True)
grey.save(f"{out}/grey.jpg", quality=100)
half = np.full((16, 24), 128, np.uint8)
half[:, 12:] = 0
Image.fromarray(np.dstack([rgb, half])).save(f"{out}/alpha.webp", lossless=True, exact=True)
Image.fromarray(np.dstack([rgb, half])).save(f"{out}/alpha.png")
