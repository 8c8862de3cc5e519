//! The archive that published tools look for: the package under every registered runner.
//!
//! # Invariants
//! - Same package, same bytes: names are sorted, times are zero, the compressor is one thread.
//! - The first entry says who made it; by it `compat-cache` knows its own files.
//! - The newest runner of each kind comes last: one tool takes the last entry for the newest.

use std::io::{self, Read as _, Write as _};

/// The package: paths below `python/`, and contents.
pub(super) const PACKAGE: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/package.rs"));

/// Name of the first entry.
const MARK: &str = "venire.txt";

const MARK_TEXT: &str = "Made by `venire compat-cache` from Venire's own Python package; it holds \
    nothing of the archive that usually has this name. `venire compat-cache --undo` removes it.\n";

/// The package that only contracts with embeddings ask for; all else is the standard library.
const EMBEDDINGS: &str = "genlayer_embeddings";

/// An entry runner in each of its versions, and the standard library it asks for. What contracts
/// call `test` is the newest.
const RUNNERS: [[&str; 3]; 5] = [
    [
        "test",
        "test",
        "11rhn002yfajawsz7fai6mykznbxkxs6l91iskj5cm82c92qhy3v",
    ],
    [
        "15qfivjvy80800rh998pcxmd2m8va1wq2qzqhz850n8ggcr4i9q0",
        "0cwifyzi3956f9yxdpq5kk3ihazv2llsxfj626zbadrg4cizwhq5",
        "0asq35p8mzlzwgxcrx5v51srnsqyj72cq7993way1vqddwxcvkq4",
    ],
    [
        "1j12s63yfjpva9ik2xgnffgrs6v44y1f52jvj9w7xvdn7qckd379",
        "0xn02qjjqlpxadhs124cwrr5ddqs7dxcc6m5a7c6801hv54l66p0",
        "1mds1jiy7phn7b7irqviwbl8lp026dsxfkzv88gj0lkmvcqk5aak",
    ],
    [
        "132536jbnxkd1axfxg5rpfr5b60cr11adm2y4r90hgn0l59qsp9w",
        "0iddpsb7hsrqv10xf4sjdiknba0m3fkm2x9xldy7ci3gj1fpkpjy",
        "0mmsw09shx3613jzkhbmqyqw60h6b27hy7bjdbb1msfp40g2idi6",
    ],
    [
        "1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6",
        "06zyvrlivjga0d5jlpdbprksc0pa6jmllxvp8s20hq1l512vh5yk",
        "11rhn002yfajawsz7fai6mykznbxkxs6l91iskj5cm82c92qhy3v",
    ],
];

/// Hashes of the third generation that contracts name; its tools have no archive of this form.
const THIRD: [&str; 2] = [
    "9b8kjyda2ycxyq4ea6g4yfpnydxhd52gqba5rb8dw7krkh5mn9p0",
    "5jycge4q8k23462jtb0b9fyey1s9qz928sz2nbrd9mg4sxqg2qng",
];

/// By this file the package knows which generation a tool wants.
const GENERATION: &str = "genlayer/generation";

/// Hashes of the third generation have an alphabet of their own, with these letters.
fn is_third(hash: &str) -> bool {
    hash != "test" && hash.contains(['e', 't'])
}

/// Versions of the runner with embeddings.
const EMBEDDINGS_HASHES: [&str; 3] = [
    "test",
    "0bmbm3cyfwxsyh454z53vxqjf47wz2q7smcqp1q4g4a6k2kidnyk",
    "09h0i209wrzh4xzq86f79c60x0ifs7xcjwl53ysrnw06i54ddxyi",
];

/// The tools look for it, but nothing of ours needs it: there is only its description.
const PROTOBUF_HASH: &str = "0riri6vk1ma3cnmlwls3d4771y0cf3c44afsl6gwfmnl2cpcbdl1";

/// Makes the archive; the newest runner is to be found under the `extra` hashes, too.
pub(super) fn make(extra: &[String]) -> io::Result<Vec<u8>> {
    let (embeddings, standard): (Vec<_>, Vec<_>) = PACKAGE
        .iter()
        .partition(|(path, _)| path.starts_with(EMBEDDINGS));
    let of_generation = |number: &str| {
        let mark = (GENERATION, number.as_bytes());
        let files: Vec<_> = standard.iter().copied().chain([&mark]).collect();
        library(&files)
    };
    let (first, second, third) = (
        of_generation("1")?,
        of_generation("2")?,
        of_generation("3")?,
    );
    let embeddings = library(&embeddings)?;
    let mut outer = tar::Builder::new(Vec::new());
    put(&mut outer, MARK, MARK_TEXT.as_bytes())?;
    let newest = RUNNERS[0][2];
    let extra: Vec<&str> = extra.iter().map(String::as_str).chain(THIRD).collect();
    for hash in extra.iter().filter(|hash| is_third(hash)) {
        runner(&mut outer, "py-lib-genlayer-std", hash, &third)?;
    }
    let extra = extra.iter().map(|hash| {
        let library = if is_third(hash) { hash } else { newest };
        [hash, hash, library]
    });
    for [single, multi, library] in extra.chain(RUNNERS) {
        let entry = entry_runner(library)?;
        runner(&mut outer, "py-genlayer", single, &entry)?;
        runner(&mut outer, "py-genlayer-multi", multi, &entry)?;
    }
    for (number, [_, _, hash]) in RUNNERS.iter().enumerate().skip(1) {
        let library = if number == 1 { &first } else { &second };
        runner(&mut outer, "py-lib-genlayer-std", hash, library)?;
    }
    for hash in EMBEDDINGS_HASHES {
        runner(&mut outer, "py-lib-genlayer-embeddings", hash, &embeddings)?;
    }
    runner(&mut outer, "py-lib-protobuf", PROTOBUF_HASH, &library(&[])?)?;
    compress(&outer.into_inner()?)
}

/// Whether an archive was made here.
pub(super) fn is_ours(archive: impl io::Read) -> bool {
    let mut start = [0; MARK.len()];
    let read = lzma_rust2::XzReader::new(archive, true).read_exact(&mut start);
    read.is_ok() && start == MARK.as_bytes()
}

/// A runner that only asks for a library.
fn entry_runner(library: &str) -> io::Result<Vec<u8>> {
    let manifest = serde_json::json!({
        "Seq": [{ "Depends": format!("py-lib-genlayer-std:{library}") }]
    });
    let mut inner = tar::Builder::new(Vec::new());
    put(&mut inner, "runner.json", manifest.to_string().as_bytes())?;
    inner.into_inner()
}

/// A runner that brings Python packages.
fn library(files: &[&(&str, &[u8])]) -> io::Result<Vec<u8>> {
    let manifest = serde_json::json!({ "MapFile": { "file": "src/", "to": "/py/libs/" } });
    let mut inner = tar::Builder::new(Vec::new());
    put(&mut inner, "runner.json", manifest.to_string().as_bytes())?;
    for (path, content) in files {
        put(&mut inner, &format!("src/{path}"), content)?;
    }
    inner.into_inner()
}

fn runner(
    outer: &mut tar::Builder<Vec<u8>>,
    name: &str,
    hash: &str,
    inner: &[u8],
) -> io::Result<()> {
    let (start, rest) = hash.split_at(hash.len().min(2));
    put(outer, &format!("runners/{name}/{start}/{rest}.tar"), inner)
}

fn put(archive: &mut tar::Builder<Vec<u8>>, path: &str, content: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_size(u64::try_from(content.len()).map_err(io::Error::other)?);
    header.set_mode(0o644);
    header.set_mtime(0);
    archive.append_data(&mut header, path, content)
}

fn compress(content: &[u8]) -> io::Result<Vec<u8>> {
    let options = lzma_rust2::XzOptions::with_preset(6);
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options)?;
    writer.write_all(content)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_package_gives_the_same_bytes_and_they_are_known_as_ours() {
        let extra = vec!["0".repeat(52)];
        let one = make(&extra).unwrap();
        assert_eq!(one, make(&extra).unwrap());
        assert!(is_ours(&one[..]));
        assert!(!is_ours(&b"\xfd7zXZ\0 but not really"[..]));
        assert!(!is_ours(&compress(b"another archive").unwrap()[..]));
    }

    #[test]
    fn every_registered_hash_is_there_and_the_newest_comes_last() {
        let made = make(&[]).unwrap();
        let mut archive = tar::Archive::new(lzma_rust2::XzReader::new(&made[..], true));
        let names: Vec<String> = archive
            .entries()
            .unwrap()
            .map(|entry| entry.unwrap().path().unwrap().display().to_string())
            .collect();
        let of = |kind: &str| -> Vec<&str> {
            let start = format!("runners/{kind}/");
            names
                .iter()
                .filter_map(|name| name.strip_prefix(&start))
                .collect()
        };
        assert_eq!(of("py-genlayer").len(), 7);
        assert!(of("py-genlayer").contains(&"te/st.tar"));
        assert_eq!(
            of("py-genlayer").last(),
            Some(&"1j/b45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6.tar")
        );
        assert_eq!(of("py-genlayer-multi").len(), 7);
        assert_eq!(of("py-lib-genlayer-std").len(), 6);
        assert_eq!(of("py-lib-genlayer-embeddings").len(), 3);
        assert_eq!(of("py-lib-protobuf").len(), 1);
    }
}
