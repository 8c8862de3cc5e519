//! Pictures for contracts: files to pixels and back, other sizes, other colours.
//!
//! # Invariants
//! - The same request gives the same bytes on every machine: no vector units, no threads, float
//!   arithmetic only in IEEE 754 basic operations and a sine that is part of this build.
//! - Nothing is allocated before its size was checked.
//!
//! # Not here
//! - Prices, and the boundary to the sandbox: `abi::image`.

mod colour;
mod read;
mod resample;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use colour::convert;
pub(crate) use read::{Format, Header};
pub(crate) use resample::{Filter, effort, resize};
pub(crate) use write::{Target, encode};

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Pixels of the largest picture.
pub(crate) const MAX_PIXELS: u64 = 1 << 23;
/// Longest side.
pub(crate) const MAX_SIDE: u32 = 1 << 14;
/// Bytes of the largest file.
pub(crate) const MAX_FILE: usize = 8 << 20;

/// How a pixel is made of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Grey.
    L,
    /// Grey and opacity.
    La,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, opacity.
    Rgba,
}

impl Mode {
    /// Pillow's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::L => "L",
            Self::La => "LA",
            Self::Rgb => "RGB",
            Self::Rgba => "RGBA",
        }
    }

    /// The mode of a name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        [Self::L, Self::La, Self::Rgb, Self::Rgba]
            .into_iter()
            .find(|mode| mode.name() == name)
    }

    /// Bytes of a pixel.
    pub(crate) const fn channels(self) -> usize {
        match self {
            Self::L => 1,
            Self::La => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// Whether the last byte is opacity.
    pub(crate) const fn has_alpha(self) -> bool {
        matches!(self, Self::La | Self::Rgba)
    }
}

/// Rows of pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) mode: Mode,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// `width * height * channels` bytes.
    pub(crate) pixels: Vec<u8>,
}

impl Picture {
    /// A picture of pixels from outside.
    pub(crate) fn new(
        mode: Mode,
        width: u32,
        height: u32,
        pixels: Vec<u8>,
    ) -> Result<Self, Problem> {
        let count = usize::try_from(pixels_of(width, height)?).map_err(|_| Problem::TooLarge)?;
        if pixels.len() != count * mode.channels() {
            return Err(Problem::Broken);
        }
        Ok(Self {
            mode,
            width,
            height,
            pixels,
        })
    }
}

/// Reads the header of a file.
pub(crate) fn probe(file: &[u8]) -> Result<Header, Problem> {
    guarded(|| read::probe(file))
}

/// Decodes the pixels of a file whose header was read.
pub(crate) fn decode(file: &[u8], header: &Header) -> Result<Picture, Problem> {
    guarded(|| read::decode(file, header))
}

/// Files come from strangers: a fault of a codec is the file's fault, never the node's end.
fn guarded<T>(work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Problem::Broken))
}

/// Number of pixels of a picture of allowed size.
pub(crate) fn pixels_of(width: u32, height: u32) -> Result<u64, Problem> {
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_SIDE || height > MAX_SIDE || pixels > MAX_PIXELS {
        return Err(Problem::TooLarge);
    }
    Ok(pixels)
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    /// The file is none of the known formats.
    #[error("this is not a PNG, JPEG or WebP picture")]
    Unknown,
    /// The file is cut off or damaged, or the pixels do not fit the size.
    #[error("the picture is broken or cut off")]
    Broken,
    /// The file is a film.
    #[error("animated WebP pictures are not read")]
    Animated,
    /// Over one of the limits.
    #[error(
        "the picture is too large: at most 8388608 pixels, 16384 on a side, 8388608 bytes of file"
    )]
    TooLarge,
    /// A JPEG file has no opacity.
    #[error("a JPEG file can not hold opacity: convert the picture to RGB first")]
    NoAlpha,
}

impl Problem {
    /// A short stable name.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Broken => "broken",
            Self::Animated => "animated",
            Self::TooLarge => "too_large",
            Self::NoAlpha => "no_alpha",
        }
    }
}
