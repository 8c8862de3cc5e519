//! Archives made from folders, so that the corpus holds readable files only.

use std::{
    fs,
    io::{Cursor, Write},
    path::Path,
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// A contract's bytes: those of a file, or a folder packed as `stored` (default) or `deflated`.
pub(crate) fn code(path: &Path, pack: Option<&str>) -> Vec<u8> {
    if !path.is_dir() {
        return fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let method = match pack {
        None | Some("stored") => CompressionMethod::Stored,
        Some("deflated") => CompressionMethod::Deflated,
        Some(other) => panic!("{other}: a folder is packed stored or deflated"),
    };
    let mut files = Vec::new();
    collect(path, "", &mut files);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(name, options).expect("entry");
        writer.write_all(&bytes).expect("data");
    }
    writer.finish().expect("archive").into_inner()
}

/// Names and bytes below `folder`, in order.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) {
    let entries = fs::read_dir(folder).expect("folder");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("entry").path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = format!("{prefix}{}", name.expect("a name in UTF-8"));
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else {
            files.push((name, fs::read(&path).expect("file")));
        }
    }
}
