//! The figures of `venire bench vm` under criterion, with its intervals and comparisons between
//! runs: `VENIRE_GUEST=build/guest/contract.wasm cargo bench -p venire-vm`.

use criterion::{Criterion, criterion_group, criterion_main};
use std::{hint::black_box, path::PathBuf, time::Duration};
use venire_vm::{
    Config, Image, Machine,
    bench::{Kind, Subject},
};

fn execute(criterion: &mut Criterion) {
    let guest =
        std::env::var_os("VENIRE_GUEST").expect("VENIRE_GUEST: path of the guest component");
    let cache = std::env::temp_dir().join("venire-bench");
    let config = Config::new(Image::Path(PathBuf::from(guest)), cache);
    let machine = Machine::open(&config, &mut |_| {}).expect("machine");
    for kind in Kind::ALL {
        let subject = Subject::new(&machine, kind).expect("contract");
        criterion.bench_function(kind.name(), |bencher| {
            bencher.iter_custom(|rounds| {
                let runs = (0..rounds).map(|_| subject.run(&machine).expect("run"));
                black_box(runs.fold(Duration::ZERO, |sum, took| sum + took))
            });
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(4));
    targets = execute
}
criterion_main!(benches);
