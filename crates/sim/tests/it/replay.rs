//! One seed is one world.

use venire_sim::{Scenario, report};

#[test]
fn a_report_does_not_depend_on_the_number_of_threads() {
    let (one, three) = (
        report::run(900, 6, 1, &|_| {}),
        report::run(900, 6, 3, &|_| {}),
    );
    assert_eq!(one.figures, three.figures);
    assert_eq!(one.liars, three.liars);
    assert_eq!(one.violations(), three.violations());
}

#[test]
fn another_seed_is_another_world() {
    let one = report::once(Scenario::random(3));
    let two = report::once(Scenario::random(4));
    assert_ne!(one.trace, two.trace);
}

#[test]
fn the_smallest_difference_shows_in_the_trace() {
    let scenario = Scenario::calm(7, 4, 8, 6);
    let mut later = scenario.clone();
    later.links.delay_ms += 1;
    let (one, two) = (report::once(scenario.clone()), report::once(later));
    assert_ne!(one.trace, two.trace);
    assert_eq!(one.trace, report::once(scenario).trace);
}
