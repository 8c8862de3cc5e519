//! Other sizes, in Pillow's fixed-point arithmetic: equal results to the bit.
//!
//! # Invariants
//! - Weights are computed in doubles, then fixed to 22 bits; pixels see integers only.

use super::{
    MAX_PIXELS, Picture, Problem,
    colour::{premultiply, unpremultiply},
    pixels_of,
};
use std::f64::consts::PI;

const PRECISION: u32 = 22;
/// Multiplications that cost as much as copying a pixel.
const NEAREST: u64 = 5;

/// How a new pixel is made of old ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    Nearest,
    Box,
    Bilinear,
    Hamming,
    Bicubic,
    Lanczos,
}

impl Filter {
    /// The filter of Pillow's number.
    pub(crate) const fn of(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Nearest,
            1 => Self::Lanczos,
            2 => Self::Bilinear,
            3 => Self::Bicubic,
            4 => Self::Box,
            5 => Self::Hamming,
            _ => return None,
        })
    }

    /// Reach in pixels of the coarser picture.
    const fn support(self) -> f64 {
        match self {
            Self::Nearest | Self::Box => 0.5,
            Self::Bilinear | Self::Hamming => 1.0,
            Self::Bicubic => 2.0,
            Self::Lanczos => 3.0,
        }
    }

    fn weight(self, x: f64) -> f64 {
        let size = x.abs();
        match self {
            Self::Nearest | Self::Box => f64::from(u8::from(x > -0.5 && x <= 0.5)),
            Self::Bilinear => (1.0 - size).max(0.0),
            Self::Hamming if size == 0.0 => 1.0,
            Self::Hamming if size >= 1.0 => 0.0,
            Self::Hamming => {
                let x = size * PI;
                libm::sin(x) / x * (0.54 + 0.46 * libm::cos(x))
            }
            Self::Bicubic if size < 1.0 => (1.5 * size - 2.5) * size * size + 1.0,
            Self::Bicubic if size < 2.0 => (((size - 5.0) * size + 8.0) * size - 4.0) * -0.5,
            Self::Lanczos if (-3.0..3.0).contains(&x) => sinc(x) * sinc(x / 3.0),
            Self::Bicubic | Self::Lanczos => 0.0,
        }
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    let x = x * PI;
    libm::sin(x) / x
}

/// Multiplications that a resize takes, from its sizes alone.
pub(crate) fn effort(from: (u32, u32), to: (u32, u32), channels: usize, filter: Filter) -> u64 {
    if filter == Filter::Nearest {
        return u64::from(to.0) * u64::from(to.1) * NEAREST;
    }
    let reach = |from: u32, to: u32| -> u64 {
        let support = match filter {
            Filter::Nearest | Filter::Box | Filter::Bilinear | Filter::Hamming => 1,
            Filter::Bicubic => 2,
            Filter::Lanczos => 3,
        };
        2 * support * u64::from(from.div_ceil(to.max(1)).max(1)) + 1
    };
    let across = u64::from(to.0) * u64::from(from.1) * reach(from.0, to.0);
    let down = u64::from(to.0) * u64::from(to.1) * reach(from.1, to.1);
    across
        .saturating_add(down)
        .saturating_mul(u64::try_from(channels).unwrap_or(u64::MAX))
}

/// The picture in another size.
pub(crate) fn resize(
    picture: Picture,
    width: u32,
    height: u32,
    filter: Filter,
) -> Result<Picture, Problem> {
    pixels_of(width, height)?;
    if u64::from(width) * u64::from(picture.height) > 4 * MAX_PIXELS {
        return Err(Problem::TooLarge);
    }
    if width == 0 || height == 0 || picture.width == 0 || picture.height == 0 {
        return Err(Problem::Broken);
    }
    if (width, height) == (picture.width, picture.height) {
        return Ok(picture);
    }
    if filter == Filter::Nearest {
        return Ok(nearest(&picture, width, height));
    }
    let mut made = picture;
    let alpha = made.mode.has_alpha();
    if alpha {
        premultiply(&mut made);
    }
    if width != made.width {
        let weights = weights(made.width, width, filter);
        made = across(&made, width, &weights);
    }
    if height != made.height {
        let weights = weights(made.height, height, filter);
        made = down(&made, height, &weights);
    }
    if alpha {
        unpremultiply(&mut made);
    }
    Ok(made)
}

/// Old positions of new pixels, by adding up steps.
fn steps(from: u32, to: u32) -> Vec<usize> {
    let step = f64::from(from) / f64::from(to);
    let mut at = step * 0.5;
    let mut steps = Vec::new();
    for _ in 0..to {
        steps.push(whole(at).min(index(from) - 1));
        at += step;
    }
    steps
}

fn nearest(picture: &Picture, width: u32, height: u32) -> Picture {
    let channels = picture.mode.channels();
    let row_len = index(picture.width) * channels;
    let columns = steps(picture.width, width);
    let mut pixels = Vec::with_capacity(index(width) * index(height) * channels);
    for y in steps(picture.height, height) {
        let row = slice(&picture.pixels, y * row_len, row_len);
        for x in &columns {
            pixels.extend_from_slice(slice(row, x * channels, channels));
        }
    }
    Picture {
        mode: picture.mode,
        width,
        height,
        pixels,
    }
}

/// First old pixel of a new one, and the weights from there on.
struct Weights(Vec<(usize, Vec<i32>)>);

fn weights(from: u32, to: u32, filter: Filter) -> Weights {
    let scale = f64::from(from) / f64::from(to);
    let wide = scale.max(1.0);
    let support = filter.support() * wide;
    let each = 1.0 / wide;
    let mut all = Vec::new();
    for at in 0..to {
        let centre = (f64::from(at) + 0.5) * scale;
        let first = whole(centre - support + 0.5);
        let last = whole(centre + support + 0.5).min(index(from));
        let mut exact = Vec::new();
        let mut total = 0.0;
        for x in 0..last.saturating_sub(first) {
            let spot = f64::from(u32::try_from(x + first).unwrap_or(u32::MAX));
            let weight = filter.weight((spot - centre + 0.5) * each);
            exact.push(weight);
            total += weight;
        }
        let fixed = exact.into_iter().map(|weight| {
            let weight = if total == 0.0 { weight } else { weight / total };
            fix(weight)
        });
        all.push((first, fixed.collect()));
    }
    Weights(all)
}

fn across(picture: &Picture, width: u32, weights: &Weights) -> Picture {
    let channels = picture.mode.channels();
    let row_len = index(picture.width) * channels;
    let mut pixels = Vec::with_capacity(index(width) * index(picture.height) * channels);
    for row in picture.pixels.chunks_exact(row_len) {
        for (first, weights) in &weights.0 {
            let span = slice(row, first * channels, weights.len() * channels);
            for channel in 0..channels {
                let values = span.iter().skip(channel).step_by(channels);
                pixels.push(blend(values.zip(weights)));
            }
        }
    }
    Picture {
        mode: picture.mode,
        width,
        height: picture.height,
        pixels,
    }
}

fn down(picture: &Picture, height: u32, weights: &Weights) -> Picture {
    let row_len = index(picture.width) * picture.mode.channels();
    let mut pixels = Vec::with_capacity(row_len * index(height));
    let mut sums = vec![0_i32; row_len];
    for (first, weights) in &weights.0 {
        sums.fill(1 << (PRECISION - 1));
        for (at, weight) in weights.iter().enumerate() {
            let row = slice(&picture.pixels, (first + at) * row_len, row_len);
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum = sum.wrapping_add(i32::from(*value).wrapping_mul(*weight));
            }
        }
        pixels.extend(sums.iter().map(|sum| clip(*sum)));
    }
    Picture {
        mode: picture.mode,
        width: picture.width,
        height,
        pixels,
    }
}

fn blend<'a>(pairs: impl Iterator<Item = (&'a u8, &'a i32)>) -> u8 {
    clip(
        pairs.fold(1 << (PRECISION - 1), |sum: i32, (value, weight)| {
            sum.wrapping_add(i32::from(*value).wrapping_mul(*weight))
        }),
    )
}

fn clip(sum: i32) -> u8 {
    u8::try_from((sum >> PRECISION).clamp(0, 255)).unwrap_or(u8::MAX)
}

/// A weight in fixed point, halves away from zero.
#[expect(
    clippy::cast_possible_truncation,
    reason = "weights are between -2 and 2"
)]
fn fix(weight: f64) -> i32 {
    let scaled = weight * f64::from(1_u32 << PRECISION);
    if weight < 0.0 {
        (scaled - 0.5) as i32
    } else {
        (scaled + 0.5) as i32
    }
}

/// A position cut to a whole number; negative is zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positions are smaller than a side; `as` saturates"
)]
const fn whole(position: f64) -> usize {
    position as usize
}

fn index(size: u32) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX)
}

/// Part of a row; empty if it is not there.
fn slice(data: &[u8], start: usize, len: usize) -> &[u8] {
    data.get(start..start.saturating_add(len))
        .unwrap_or_default()
}
