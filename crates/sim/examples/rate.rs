//! dev
fn main() {
    let args: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|a| a.parse().ok())
        .collect();
    let start = std::time::Instant::now();
    if args.len() == 3 {
        let world = venire_sim::World::new(venire_sim::Scenario::calm(
            1,
            args[0] as usize,
            args[1] as usize,
            args[2] as u32,
        ))
        .unwrap();
        let out = world.run();
        let took = start.elapsed().as_secs_f64();
        println!("{:?} {:?}", out.figures, out.violations);
        println!(
            "{took:.2} s, {:.1} lifecycles/s trace {}",
            out.figures.closed as f64 / took,
            out.trace
        );
        return;
    }
    for seed in args[0]..args[0] + args[1] {
        let t = std::time::Instant::now();
        let v = venire_sim::report::twice(seed);
        println!(
            "{seed} {:.2}s {:?} {:?}",
            t.elapsed().as_secs_f64(),
            v.figures,
            v.liars
        );
        for x in v.violations {
            println!("   !! {}: {}", x.oracle, x.what);
        }
    }
}
