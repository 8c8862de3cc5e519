//! Pixels against Pillow's, files there and back, and everything that is refused.

use super::{
    Filter, MAX_FILE, Mode, Picture, Problem, Target, convert, decode, effort, encode, probe,
    read::Format, resize,
};

/// A picture without any regularity.
fn noise(mode: Mode, width: u32, height: u32) -> Picture {
    let count = width as usize * height as usize * mode.channels();
    let mut state = 1_u32;
    let pixels = (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            (state >> 16).to_le_bytes()[0]
        })
        .collect();
    Picture::new(mode, width, height, pixels).unwrap()
}

/// FNV-1a, so that a whole picture is one number in this file.
fn sum(data: &[u8]) -> u64 {
    data.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

const FILTERS: [Filter; 6] = [
    Filter::Nearest,
    Filter::Lanczos,
    Filter::Bilinear,
    Filter::Bicubic,
    Filter::Box,
    Filter::Hamming,
];

/// Written by Pillow 11: 9 by 7 pixels.
const JPEG: &str = "\
     ffd8ffe000104a46494600010100000100010000ffdb004300140e0f120f0d14121012171514181e32211e1c1c\
     1e3d2c2e243249404c4b47404645505a736250556d5645466488656d777b8182814e608d978c7d96737e817cff\
     db0043011517171e1a1e3b21213b7c5346537c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c\
     7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7cffc00011080007000903012200021101031101ffc400\
     1f0000010501010101010100000000000000000102030405060708090a0bffc400b51000020103030204030505\
     04040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a\
     161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475\
     767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6\
     c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffc4001f0100030101010101\
     010101010000000000000102030405060708090a0bffc400b51100020102040403040705040400010277000102\
     031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a26\
     2728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a828384\
     85868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4\
     d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9faffda000c03010002110311003f00d5514ec5145788\
     a2ac7323ffd9";
const PROGRESSIVE_WITH_EXIF: &str = "\
     ffd8ffe000104a46494600010100000100010000ffe1001645786966000049492a0008000000000000000000ff\
     db004300140e0f120f0d14121012171514181e32211e1c1c1e3d2c2e243249404c4b47404645505a736250556d\
     5645466488656d777b8182814e608d978c7d96737e817cffdb0043011517171e1a1e3b21213b7c5346537c7c7c\
     7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c\
     7c7cffc20011080007000903012200021101031101ffc400160001010100000000000000000000000000000104\
     ffc4001501010100000000000000000000000000000304ffda000c03010002100310000001d5484bffc4001410\
     0100000000000000000000000000000010ffda00080101000105023fffc4001411010000000000000000000000\
     0000000000ffda0008010301013f017fffc4001511010100000000000000000000000000000011ffda00080102\
     01013f018fffc40014100100000000000000000000000000000010ffda0008010100063f023fffc40015100101\
     00000000000000000000000000000110ffda0008010100013f2127ffda000c03010002000300000010ff00ffc4\
     001511010100000000000000000000000000000001ffda0008010301013f108fffc40016110101010000000000\
     0000000000000000010011ffda0008010201013f10065fffc40016100101010000000000000000000000000000\
     0111ffda0008010100013f10863fffd9";
const WEBP: &str = "\
     524946466c000000574542505650384c600000002f08800100b93244f43f7611d1ff3018641ba9fe9a0ff21a3b\
     866ddb86a19afdbdd3cdb06ddb481554c01bb477b7ff70ef0e8eb87f38cb4d9fcedc541e20b222950acc00a4d2\
     aacc8054b4f27b31206172234b0191c1cda5a2220ce0e5524d6e";
const WEBP_ALPHA: &str = "\
     52494646ae000000574542505650384ca20000002f04c000109fc02600803438e4e1858f0a74a48a57e09abbaf\
     0a930000daf032608ffc013e8eb624c013024905d8716c030064a3b789d9075667facd11bd1e40b2a88964abf9\
     9f5867335498a0c5002d4ef0902520810a45612a20fab022a80dbdf0474a63f6787369bc7a9ffbe764c2cbffa6\
     3a3f6fdc823851f1f4ea1fec457ef54f251d1b948dd86dd7170adb365243c7f8fc11fd8f1313d581e57daa7173\
     6d6b";
const WEBP_COLOURS: &str = "\
     524946463e000000574542505650384c320000002f168002001f305a62c16458f95f618dc7fc079b10300b00cd\
     95c12c9208629683c8abbb6b0411fd1f04618569ce396c8f4d";
const WEBP_SLOPES: &str = "\
     52494646e8000000574542505650384cdb0000002f27400700b93244f43f064202c2ffcdaa6640f9a3ff13207d\
     01b76d234912cdcd3fe59daeeabdd71d030792249976f8d7b36ddbef7dc504f09257bd00affa6721bd0cdb6328\
     0074377806198001c23d74a0817c0b1de8a0dd41061ae85730c9a046ddc1a58616073877e8a0e603b053e2d1c1\
     b9c2a5cb3081079630a921450056080b643248d1a920c52e721c060831807f864e93e0b3c08c083c00594cc006\
     332e3340814e17e0b341c807aa14870546343a3827c834133a038cd82cb0102250c188c70167c49d109f0bced8\
     6c090ac380c93ae071c199982f0000";
const WEBP_LOSSY: &str = "\
     524946463a00000057454250565038202e000000b001009d012a0900070002c04c25a80274ba0004668000feee\
     3a8e55277ff9dea53e68bfb4d1a3cf87f87b158000";
const PNG_WITH_PALETTE: &str = "\
     89504e470d0a1a0a0000000d4948445200000009000000070203000000a7f58ff30000000c504c544598e24195\
     e22589e22885e30d6f58d55d0000002549444154789c63f8ffd781e1ff5507867f5319185e4d706058c5c2c0b0\
     4280816101030300ade209a4cecb21d50000000049454e44ae426082";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .map(|digit| u8::try_from(digit).unwrap())
        .collect();
    digits
        .chunks_exact(2)
        .map(|pair| pair[0] * 16 + pair[1])
        .collect()
}

#[test]
fn files_of_every_kind_are_read() {
    for (file, format, pixels) in [
        (JPEG, Format::Jpeg, 0x77ca_bb36_021d_fe8e),
        (PROGRESSIVE_WITH_EXIF, Format::Jpeg, 0x77ca_bb36_021d_fe8e),
        (WEBP, Format::Webp, 0x6f99_a7a3_e363_affd),
        (WEBP_LOSSY, Format::Webp, 0x5afb_f47b_7922_8fa6),
        (PNG_WITH_PALETTE, Format::Png, 0x0396_2804_d283_b793),
    ] {
        let file = bytes(file);
        let header = probe(&file).unwrap();
        assert_eq!(
            (header.format, header.mode, header.width, header.height),
            (format, Mode::Rgb, 9, 7)
        );
        assert_eq!(
            sum(&decode(&file, &header).unwrap().pixels),
            pixels,
            "{format:?}"
        );
    }
}

#[test]
fn lossless_webp_is_read_to_the_last_bit() {
    let files = [
        (WEBP_ALPHA, Mode::Rgba, (5, 4), 0xf9c9_901e_cada_591a),
        (WEBP_COLOURS, Mode::Rgb, (23, 11), 0xc113_fb38_1d21_4353),
        (WEBP_SLOPES, Mode::Rgb, (40, 30), 0x147a_2b5e_7f44_431d),
    ];
    for (file, mode, size, pixels) in files {
        let file = bytes(file);
        let header = probe(&file).unwrap();
        assert_eq!((header.mode, (header.width, header.height)), (mode, size));
        assert_eq!(sum(&decode(&file, &header).unwrap().pixels), pixels);
    }
}

/// Each byte of a file changed: it has other pixels then, or none, and that is all.
#[test]
fn damaged_webp_is_a_picture_or_refused() {
    for file in [WEBP, WEBP_LOSSY, WEBP_ALPHA, WEBP_COLOURS, WEBP_SLOPES] {
        let good = bytes(file);
        for at in 12..good.len() {
            for change in [1, 0x80, 0xff] {
                let mut bad = good.clone();
                bad[at] ^= change;
                let Ok(header) = probe(&bad) else { continue };
                if let Ok(picture) = decode(&bad, &header) {
                    let count = picture.width as usize * picture.height as usize;
                    assert_eq!(picture.pixels.len(), count * picture.mode.channels());
                }
            }
        }
    }
}

#[test]
fn a_png_comes_back_and_a_jpeg_nearly() {
    for mode in [Mode::L, Mode::La, Mode::Rgb, Mode::Rgba] {
        let made = noise(mode, 21, 13);
        let file = encode(&made, Target::Png).unwrap();
        assert_eq!(decode(&file, &probe(&file).unwrap()).unwrap(), made);
    }
    for mode in [Mode::L, Mode::Rgb] {
        let flat = Picture::new(mode, 16, 16, vec![77; 256 * mode.channels()]).unwrap();
        let file = encode(&flat, Target::Jpeg(75)).unwrap();
        let back = decode(&file, &probe(&file).unwrap()).unwrap();
        assert!(back.pixels.iter().all(|value| value.abs_diff(77) < 2));
    }
    // Files are the same on every machine.
    let file = encode(&noise(Mode::Rgb, 33, 17), Target::Jpeg(80)).unwrap();
    assert_eq!(sum(&file), 0x2a77_5afe_c428_9446);
    let file = encode(&noise(Mode::Rgb, 33, 17), Target::Png).unwrap();
    assert_eq!(sum(&file), 0xadbb_2514_adac_07dc);
}

#[test]
fn what_is_no_picture_is_refused() {
    assert_eq!(probe(b"GIF89a"), Err(Problem::Unknown));
    assert_eq!(probe(b""), Err(Problem::Unknown));
    for file in [JPEG, WEBP, PNG_WITH_PALETTE] {
        let file = bytes(file);
        for len in [12, 30, file.len() / 2, file.len() - 20] {
            let cut = &file[..len];
            let read = probe(cut).and_then(|header| decode(cut, &header));
            assert_eq!(read.err(), Some(Problem::Broken), "{len}");
        }
    }
    let film = [&b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0"[..], &[0; 10]].concat();
    assert!(probe(&film).is_err());
    let mut long = bytes(JPEG);
    long.resize(MAX_FILE + 1, 0);
    assert_eq!(probe(&long), Err(Problem::TooLarge));
    let jpeg = encode(&noise(Mode::Rgba, 2, 2), Target::Jpeg(75));
    assert_eq!(jpeg, Err(Problem::NoAlpha));
}

#[test]
fn sizes_are_judged_before_pixels_exist() {
    let mut huge = bytes(PNG_WITH_PALETTE);
    huge[16..24].copy_from_slice(&[0, 0, 64, 0, 0, 0, 64, 0]);
    let crc = crc32(&huge[12..29]).to_be_bytes();
    huge[29..33].copy_from_slice(&crc);
    assert_eq!(probe(&huge), Err(Problem::TooLarge));
    let dot = || noise(Mode::L, 1, 1);
    assert_eq!(
        resize(dot(), 5000, 5000, Filter::Box),
        Err(Problem::TooLarge)
    );
    assert_eq!(
        resize(dot(), 20_000, 1, Filter::Box),
        Err(Problem::TooLarge)
    );
    let tall = noise(Mode::L, 1, 16_000);
    assert_eq!(resize(tall, 16_000, 1, Filter::Box), Err(Problem::TooLarge));
    assert_eq!(resize(dot(), 0, 1, Filter::Box), Err(Problem::Broken));
    assert_eq!(
        Picture::new(Mode::Rgb, 2, 2, vec![0; 11]),
        Err(Problem::Broken)
    );
    assert!(effort((4000, 2000), (8, 8), 3, Filter::Lanczos) > 4000 * 2000);
}

/// The checksum of a PNG chunk.
fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
        })
    })
}

#[test]
fn resizing_gives_pillows_pixels() {
    let mut lines = Vec::new();
    for (mode, from, to) in SIZES {
        for filter in FILTERS {
            let made = resize(noise(mode, from.0, from.1), to.0, to.1, filter).unwrap();
            lines.push(format!("{:016x}", sum(&made.pixels)));
        }
    }
    assert_eq!(lines, RESIZED);
}

/// A colour mode, a size, and the size it becomes.
type Resized = (Mode, (u32, u32), (u32, u32));

const SIZES: [Resized; 4] = [
    (Mode::Rgb, (37, 23), (11, 40)),
    (Mode::L, (64, 64), (7, 5)),
    (Mode::Rgba, (20, 31), (33, 12)),
    (Mode::La, (9, 9), (20, 20)),
];

const RESIZED: [&str; 24] = [
    "1c4769573b6c16aa",
    "b1f9c54a4e9a566b",
    "c7feb17cab2d69a9",
    "23b31c87c136b718",
    "74ba587fa08cfcf4",
    "a6f7483e1f35c4fa",
    "6e6823154dc760c7",
    "a76e307c35453630",
    "ff52b4f230e4d02f",
    "bc5cb8e847628fd1",
    "296d874474256523",
    "69c2612bf4289c33",
    "93bc780bac0afae7",
    "62ec20671ff9e572",
    "d44138015a94737e",
    "7e960302a09407f2",
    "9d5ec0e16ae03432",
    "89587bc9b5f8a391",
    "1b5d4215178938c0",
    "5509bdb21cc913d3",
    "e2506ac97252d182",
    "aa6b39fd0968b609",
    "45ac7e595cc13762",
    "5304c41f5ec96b2b",
];

#[test]
fn colours_follow_pillows_formulas() {
    let mut lines = Vec::new();
    for from in [Mode::L, Mode::La, Mode::Rgb, Mode::Rgba] {
        for to in [Mode::L, Mode::La, Mode::Rgb, Mode::Rgba] {
            let made = convert(&noise(from, 16, 16), to);
            lines.push(format!("{:016x}", sum(&made.pixels)));
        }
    }
    assert_eq!(lines, CONVERTED);
}

const CONVERTED: [&str; 16] = [
    "333899d1b36ec8d0",
    "288b0c4adc9dfc7c",
    "58b77fb26ffee682",
    "880cef3dac7e1eae",
    "ed03056d1200670b",
    "cc8032e1d9ec0ea0",
    "3b7624e27114cfa3",
    "16d237db57d30800",
    "c9c9707938daa59d",
    "f2fd9a4798094767",
    "a3506b8d543c47b0",
    "14733c24bf341090",
    "f98eab643653df94",
    "d61bac6f682eb559",
    "639826af56ae1f5d",
    "000c725ea5f059ea",
];
