//! Between colours, greys and opacity, with Pillow's integer formulas.

use super::{Mode, Picture};

/// Luma of a colour (ITU-R 601-2) in 16-bit fixed point.
fn luma(pixel: &[u8]) -> u8 {
    let [red, green, blue] =
        [0, 1, 2].map(|at| u32::from(pixel.get(at).copied().unwrap_or_default()));
    u8::try_from((red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16).unwrap_or(u8::MAX)
}

/// The picture in another mode; new opacity is full, dropped opacity is forgotten.
pub(crate) fn convert(picture: &Picture, to: Mode) -> Picture {
    let from = picture.mode;
    let count = picture.pixels.len() / from.channels();
    let mut pixels = Vec::with_capacity(count * to.channels());
    for pixel in picture.pixels.chunks_exact(from.channels()) {
        let grey = matches!(from, Mode::L | Mode::La);
        let alpha = match pixel.last() {
            Some(alpha) if from.has_alpha() => *alpha,
            _ => u8::MAX,
        };
        match (to, grey) {
            (Mode::L | Mode::La, true) => pixels.extend(pixel.first()),
            (Mode::L | Mode::La, false) => pixels.push(luma(pixel)),
            (Mode::Rgb | Mode::Rgba, true) => {
                pixels.extend(pixel.iter().take(1).cycle().take(3));
            }
            (Mode::Rgb | Mode::Rgba, false) => pixels.extend(pixel.iter().take(3)),
        }
        if to.has_alpha() {
            pixels.push(alpha);
        }
    }
    Picture {
        mode: to,
        width: picture.width,
        height: picture.height,
        pixels,
    }
}

/// Colours scaled by their opacity, so that a transparent neighbour does not bleed.
pub(super) fn premultiply(picture: &mut Picture) {
    for pixel in picture.pixels.chunks_exact_mut(picture.mode.channels()) {
        if let Some((alpha, colours)) = pixel.split_last_mut() {
            for colour in colours {
                let product = u32::from(*colour) * u32::from(*alpha) + 128;
                *colour = u8::try_from((product + (product >> 8)) >> 8).unwrap_or(u8::MAX);
            }
        }
    }
}

/// The reverse of [`premultiply`].
pub(super) fn unpremultiply(picture: &mut Picture) {
    for pixel in picture.pixels.chunks_exact_mut(picture.mode.channels()) {
        if let Some((alpha, colours)) = pixel.split_last_mut()
            && *alpha != 0
            && *alpha != u8::MAX
        {
            for colour in colours {
                *colour =
                    u8::try_from(255 * u32::from(*colour) / u32::from(*alpha)).unwrap_or(u8::MAX);
            }
        }
    }
}
