//! Measures simulated lifecycles per second.
fn main() {
    let args: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let (nodes, validators, txs) = (args[0], args[1], args[2] as u32);
    let start = std::time::Instant::now();
    let world = venire_sim::World::new(venire_sim::Scenario::calm(1, nodes, validators, txs)).unwrap();
    let out = world.run();
    let took = start.elapsed().as_secs_f64();
    println!("{:?} {:?}", out.figures, out.violations);
    println!("{took:.2} s, {:.1} lifecycles/s trace {}", out.figures.closed as f64 / took, out.trace);
}
