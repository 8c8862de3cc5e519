//! Files to pixels: PNG, JPEG and WebP.
//!
//! # Invariants
//! - A header is judged before a pixel is decoded.

use super::{MAX_FILE, MAX_SIDE, Mode, Picture, Problem, pixels_of};
use std::io::Cursor;
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

/// Most passes over a progressive JPEG.
const MAX_SCANS: usize = 64;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Png,
    Jpeg,
    Webp,
}

impl Format {
    /// Pillow's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Webp => "WEBP",
        }
    }

    /// The format that the first bytes tell.
    fn of(file: &[u8]) -> Option<Self> {
        if file.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if file.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if file.starts_with(b"RIFF") && file.get(8..12) == Some(b"WEBP") {
            Some(Self::Webp)
        } else {
            None
        }
    }
}

/// What is known about a file before its pixels are decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) format: Format,
    pub(crate) mode: Mode,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Effort per pixel, in walks of a JPEG decoder over its blocks.
    pub(crate) passes: u64,
}

/// Reads the header of a file.
pub(crate) fn probe(file: &[u8]) -> Result<Header, Problem> {
    let format = Format::of(file).ok_or(Problem::Unknown)?;
    if file.len() > MAX_FILE {
        return Err(Problem::TooLarge);
    }
    let (mode, width, height, passes) = match format {
        Format::Png => {
            let reader = png_reader(file)?;
            let (width, height) = reader.info().size();
            (png_mode(reader.output_color_type().0), width, height, 3)
        }
        Format::Jpeg => {
            let passes = jpeg_scans(file)? + 1;
            let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options());
            decoder.decode_headers().map_err(jpeg_problem)?;
            let info = decoder.info().ok_or(Problem::Broken)?;
            let grey = decoder.input_colorspace() == Some(ColorSpace::Luma);
            let mode = if grey { Mode::L } else { Mode::Rgb };
            (mode, info.width.into(), info.height.into(), passes)
        }
        Format::Webp => {
            let decoder = webp(file)?;
            if decoder.is_animated() {
                return Err(Problem::Animated);
            }
            let mode = if decoder.has_alpha() {
                Mode::Rgba
            } else {
                Mode::Rgb
            };
            let (width, height) = decoder.dimensions();
            if webp_frame(file).is_some_and(|frame| frame != (width, height)) {
                return Err(Problem::Broken);
            }
            (mode, width, height, 4)
        }
    };
    pixels_of(width, height)?;
    Ok(Header {
        format,
        mode,
        width,
        height,
        passes,
    })
}

/// Decodes the pixels of a file whose header was read.
pub(crate) fn decode(file: &[u8], header: &Header) -> Result<Picture, Problem> {
    let pixels = match header.format {
        Format::Png => {
            let mut reader = png_reader(file)?;
            let size = reader.output_buffer_size().ok_or(Problem::TooLarge)?;
            let mut pixels = vec![0; size];
            reader
                .next_frame(&mut pixels)
                .map_err(|_| Problem::Broken)?;
            pixels
        }
        Format::Jpeg => {
            let space = match header.mode {
                Mode::L => ColorSpace::Luma,
                _ => ColorSpace::RGB,
            };
            let options = options().jpeg_set_out_colorspace(space);
            JpegDecoder::new_with_options(ZCursor::new(file), options)
                .decode()
                .map_err(jpeg_problem)?
        }
        Format::Webp => {
            let mut decoder = webp(file)?;
            let size = decoder.output_buffer_size().ok_or(Problem::TooLarge)?;
            let mut pixels = vec![0; size];
            decoder
                .read_image(&mut pixels)
                .map_err(|_| Problem::Broken)?;
            pixels
        }
    };
    Picture::new(header.mode, header.width, header.height, pixels)
}

/// Width and height of the frame in a WebP file, which the codec compares with those of the picture
/// only after it has decoded all of it.
fn webp_frame(file: &[u8]) -> Option<(u32, u32)> {
    const MASK: u32 = 0x3fff;
    let word = |at: usize| {
        let bytes = file.get(at..at.checked_add(4)?)?;
        bytes.try_into().ok().map(u32::from_le_bytes)
    };
    let mut at = 12;
    loop {
        let (kind, body) = (file.get(at..at + 4)?, at + 8);
        match kind {
            // A key frame: three bytes, a start code of three, then width and height.
            b"VP8 " => {
                let sides = word(body + 6)?;
                return Some((sides & MASK, sides >> 16 & MASK));
            }
            b"VP8L" => {
                let sides = word(body + 1)?;
                return Some(((sides & MASK) + 1, (sides >> 14 & MASK) + 1));
            }
            _ => {
                let size = usize::try_from(word(at + 4)?).ok()?;
                at = body.checked_add(size)?.checked_add(size % 2)?;
            }
        }
    }
}

/// A PNG file at its first pixel; palettes, small and large depths become bytes.
fn png_reader(file: &[u8]) -> Result<png::Reader<Cursor<&[u8]>>, Problem> {
    let limits = png::Limits { bytes: 64 << 20 };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(file), limits);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    decoder.read_info().map_err(|_| Problem::Broken)
}

const fn png_mode(colour: png::ColorType) -> Mode {
    match colour {
        png::ColorType::Grayscale => Mode::L,
        png::ColorType::GrayscaleAlpha => Mode::La,
        png::ColorType::Rgba => Mode::Rgba,
        png::ColorType::Rgb | png::ColorType::Indexed => Mode::Rgb,
    }
}

/// Number of scans of a file that was not cut off: the end comes after the last of them.
fn jpeg_scans(file: &[u8]) -> Result<u64, Problem> {
    let (mut scans, mut ended) = (0, false);
    for pair in file.windows(2) {
        match pair {
            b"\xff\xda" => (scans, ended) = (scans + 1, false),
            b"\xff\xd9" => ended = true,
            _ => {}
        }
    }
    if ended {
        Ok(scans)
    } else {
        Err(Problem::Broken)
    }
}

/// Without machine-specific code, and within our limits.
fn options() -> DecoderOptions {
    let side = usize::try_from(MAX_SIDE).unwrap_or(usize::MAX);
    DecoderOptions::new_safe()
        .set_max_width(side)
        .set_max_height(side)
        .jpeg_set_max_scans(MAX_SCANS)
        .jpeg_set_out_colorspace(ColorSpace::RGB)
}

fn jpeg_problem(error: zune_jpeg::errors::DecodeErrors) -> Problem {
    match error {
        zune_jpeg::errors::DecodeErrors::LargeDimensions(_) => Problem::TooLarge,
        _ => Problem::Broken,
    }
}

fn webp(file: &[u8]) -> Result<image_webp::WebPDecoder<Cursor<&[u8]>>, Problem> {
    let mut decoder =
        image_webp::WebPDecoder::new(Cursor::new(file)).map_err(|_| Problem::Broken)?;
    decoder.set_memory_limit(64 << 20);
    Ok(decoder)
}
