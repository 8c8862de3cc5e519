//! Pixels to files: PNG and JPEG.
//!
//! # Invariants
//! - The PNG compressor is the one made for pictures: its output is fixed by its version, while that
//!   of a general one depends on the build and on the processor.

use super::{Mode, Picture, Problem};
use jpeg_encoder::{ColorType, Encoder};

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Png,
    /// With a quality from 1 to 100.
    Jpeg(u8),
}

/// Writes a file.
pub(crate) fn encode(picture: &Picture, target: Target) -> Result<Vec<u8>, Problem> {
    match target {
        Target::Png => png(picture),
        Target::Jpeg(quality) => jpeg(picture, quality),
    }
}

fn png(picture: &Picture) -> Result<Vec<u8>, Problem> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, picture.width, picture.height);
    encoder.set_color(match picture.mode {
        Mode::L => png::ColorType::Grayscale,
        Mode::La => png::ColorType::GrayscaleAlpha,
        Mode::Rgb => png::ColorType::Rgb,
        Mode::Rgba => png::ColorType::Rgba,
    });
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_deflate_compression(png::DeflateCompression::FdeflateUltraFast);
    encoder.set_filter(png::Filter::Adaptive);
    let mut writer = encoder.write_header().map_err(|_| Problem::Broken)?;
    writer
        .write_image_data(&picture.pixels)
        .map_err(|_| Problem::Broken)?;
    writer.finish().map_err(|_| Problem::Broken)?;
    Ok(file)
}

fn jpeg(picture: &Picture, quality: u8) -> Result<Vec<u8>, Problem> {
    let grey = match picture.mode {
        Mode::L => true,
        Mode::Rgb => false,
        Mode::La | Mode::Rgba => return Err(Problem::NoAlpha),
    };
    let width = u16::try_from(picture.width).map_err(|_| Problem::TooLarge)?;
    let height = u16::try_from(picture.height).map_err(|_| Problem::TooLarge)?;
    let mut file = Vec::new();
    let colours = if grey {
        ColorType::Luma
    } else {
        ColorType::Rgb
    };
    Encoder::new(&mut file, quality.clamp(1, 100))
        .encode(&picture.pixels, width, height, colours)
        .map_err(|_| Problem::Broken)?;
    Ok(file)
}
