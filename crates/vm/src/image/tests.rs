//! Compiled copies: when they are used, replaced and cleared away.

use super::*;
use std::os::unix::fs::PermissionsExt;

/// An empty component.
const EMPTY: [u8; 8] = *b"\0asm\x0d\0\x01\0";

fn open(dir: &Path) -> Vec<Progress> {
    let mut seen = Vec::new();
    let image = Image::Bytes(Arc::from(EMPTY));
    let loaded = load(&Engine::default(), &image, dir, &mut |step| seen.push(step));
    assert_eq!(
        loaded.expect("loads").hash,
        B256::from_slice(&Sha256::digest(EMPTY))
    );
    seen
}

fn compiled(dir: &Path) -> PathBuf {
    let entries = fs::read_dir(dir)
        .expect("dir")
        .map(|entry| entry.expect("entry").path());
    let paths: Vec<_> = entries.collect();
    assert_eq!(paths.len(), 1, "{paths:?}");
    paths.into_iter().next().expect("one")
}

#[test]
fn a_compiled_copy_is_used_only_while_it_is_genuine() {
    let dir = tempfile::tempdir().expect("dir");
    let fresh = [Progress::Compiling, Progress::Compiled];
    assert_eq!(open(dir.path()), fresh);
    assert_eq!(open(dir.path()), [Progress::Mapped]);

    let path = compiled(dir.path());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).expect("mode");
    assert_eq!(open(dir.path()), fresh, "others may write it");
    assert_eq!(compiled(dir.path()), path, "replaced");
    assert_eq!(open(dir.path()), [Progress::Mapped]);

    let mut bytes = fs::read(&path).expect("read");
    *bytes.last_mut().expect("bytes") ^= 1;
    fs::write(&path, bytes).expect("write");
    assert_eq!(open(dir.path()), fresh, "damaged");
    assert_eq!(open(dir.path()), [Progress::Mapped]);
}

#[test]
fn what_is_no_component_is_refused() {
    let dir = tempfile::tempdir().expect("dir");
    let image = Image::Bytes(Arc::from(*b"nonsense"));
    let error = load(&Engine::default(), &image, dir.path(), &mut |_| ()).err();
    assert!(matches!(error, Some(ImageError::Depth(_))));
    let image = Image::Path(dir.path().join("absent"));
    let error = load(&Engine::default(), &image, dir.path(), &mut |_| ()).err();
    assert!(matches!(error, Some(ImageError::Read { .. })));
}

#[test]
fn copies_of_old_images_are_cleared_away() {
    let dir = tempfile::tempdir().expect("dir");
    let engine = Engine::default();
    for section in 0..5u8 {
        // An empty component with a custom section of one byte.
        let bytes = [&EMPTY[..], &[0, 2, 1, section]].concat();
        let image = Image::Bytes(Arc::from(bytes));
        load(&engine, &image, dir.path(), &mut |_| ()).expect("loads");
    }
    assert_eq!(fs::read_dir(dir.path()).expect("dir").count(), 3);
}

#[test]
fn a_copy_in_use_is_not_cleared_away() {
    let dir = tempfile::tempdir().expect("dir");
    let engine = Engine::default();
    let load = |section: u8| {
        let bytes = [&EMPTY[..], &[0, 2, 1, section]].concat();
        let image = Image::Bytes(Arc::from(bytes));
        let mut seen = Vec::new();
        load(&engine, &image, dir.path(), &mut |step| seen.push(step)).expect("loads");
        seen
    };
    for section in 0..3 {
        assert_eq!(load(section), [Progress::Compiling, Progress::Compiled]);
    }
    assert_eq!(load(0), [Progress::Mapped]);
    load(3);
    load(4);
    assert_eq!(load(0), [Progress::Mapped], "used after 1 and 2");
}

#[test]
fn a_file_is_hashed_whole() {
    let dir = tempfile::tempdir().expect("dir");
    let path = dir.path().join("file");
    for len in [0, PIECE - 1, PIECE, 2 * PIECE + 1] {
        let bytes = vec![7; len];
        fs::write(&path, &bytes).expect("write");
        assert_eq!(hash_file(&path).expect("hash"), sha256(&bytes));
    }
}
