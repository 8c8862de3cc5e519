//! What must hold of chance, of leaders and of many callers at once.

use super::{call, ordinary, small, with_body};
use crate::{corpus::request, machine, world::World};
use std::sync::Arc;
use venire_types::{calldata::Value, outcome::Outcome};
use venire_vm::{Entry, Execution, Request, Role};

fn run(code: &str, change: impl FnOnce(&mut Request)) -> Execution {
    let entry = Entry::Call(Value::call("run", []));
    let mut request = request(code.as_bytes().into(), entry);
    change(&mut request);
    small().run(request, Box::new(World::default()))
}

#[test]
fn output_is_cut() {
    let body = "for _ in range(20): print('x' * 100000)";
    let execution = call(small(), with_body("", body).as_bytes());
    assert!(execution.outcome.is_success(), "{execution:?}");
    assert!(execution.stdout.len() <= machine::limits().output + 100);
    assert!(execution.stdout.ends_with("[output cut]\n"));
}

#[test]
fn chance_follows_the_seed() {
    let code = with_body(
        "",
        "import random, uuid\nreturn [random.randint(0, 10**9), random.Random().randint(0, 10**9), \
         str(uuid.uuid4()), __import__('os').urandom(4)]",
    );
    let run = |seed| run(&code, |request| request.seed = [seed; 32]);
    let first = run(1);
    assert!(first.outcome.is_success(), "{first:?}");
    assert_eq!(run(1), first);
    assert_ne!(run(2).outcome, first.outcome);
}

#[test]
fn a_leaders_results_are_not_trusted() {
    let code = with_body("", "return gl.eq_principle.strict_eq(lambda: 1)");
    let validate = |leader: Vec<(u32, Vec<u8>)>| {
        let leader = Arc::new(leader.into_iter().collect());
        run(&code, |request| request.role = Role::Validator { leader })
    };
    assert_eq!(validate(vec![]).outcome, Outcome::VmError("absent".into()));
    for malformed in [vec![], vec![9], vec![0, 0xff], vec![1, 0xff]] {
        let outcome = validate(vec![(0, malformed)]).outcome;
        let want = Outcome::VmError("leader_fault nondet_output malformed".into());
        assert_eq!(outcome, want);
    }
    let honest = vec![0, 0x09];
    assert_eq!(validate(vec![(0, honest.clone())]).disagreement, None);
    let extra = validate(vec![(0, honest.clone()), (1, honest)]);
    assert_eq!(extra.disagreement, Some(1), "{extra:?}");
    assert_eq!(validate(vec![(0, vec![0, 0x11])]).disagreement, Some(0));
}

/// What a block takes in one role must not be missing for the rest of the run in that role.
#[test]
fn memory_of_blocks_is_not_that_of_the_run() {
    let bodies = [
        // The leader alone reads much; then half of the memory is used.
        "def lead():\n    for i in range(4): storage_read(bytes([i + 1] * 32), 0, 8 << 20)\n    return 1\n\
         gl.vm.run_nondet_unsafe(lead, lambda r: True)\nreturn len(bytearray(80 << 20))",
        // The validator alone keeps storage as it was at each block.
        "storage_write(bytes([9] * 32), 0, b'x' * (20000 * 32))\n\
         for i in range(12):\n    gl.vm.run_nondet_unsafe(lambda: 1, lambda r: True)\n    \
         storage_write(bytes([9] * 32), 0, bytes([i]))\nreturn 1",
        // And a large function.
        "big = b'z' * (4 << 20)\nfor i in range(8): gl.vm.run_nondet_unsafe(lambda: 1, lambda r: len(big) > 0)\n\
         return 1",
        // More results than fit.
        "for i in range(3): gl.vm.run_nondet_unsafe(lambda: 'a' * 400000, lambda r: True)\nreturn 1",
    ];
    for body in bodies {
        let code = with_body(
            "",
            &format!(
                "from _genlayer_wasi import storage_write\nfrom genlayer._host import storage_read\n{body}"
            ),
        );
        let leader = run(&code, |_| ());
        let leaders = Arc::new(leader.nondet.clone());
        let as_role = |role| run(&code, |request| request.role = role);
        let validator = as_role(Role::Validator {
            leader: Arc::clone(&leaders),
        });
        let replay = as_role(Role::Sync { leader: leaders });
        for other in [validator, replay] {
            let same = (&leader.outcome, &leader.delta, leader.fuel)
                == (&other.outcome, &other.delta, other.fuel);
            assert!(same, "{body}: {leader:?}\n{other:?}");
        }
    }
}

#[test]
fn a_validators_function_burns_its_own_fuel() {
    let code = with_body(
        "",
        "def judge(result):\n    while True: pass\nreturn gl.vm.run_nondet_unsafe(lambda: 1, judge)",
    );
    let leader = run(&code, |_| ());
    assert!(leader.outcome.is_success(), "{leader:?}");
    let recorded = Arc::new(leader.nondet.clone());
    let validator = run(&code, |request| {
        request.role = Role::Validator { leader: recorded };
    });
    assert_eq!(validator.disagreement, Some(0), "{validator:?}");
    assert_eq!(
        (validator.outcome, validator.fuel),
        (leader.outcome, leader.fuel)
    );
}

#[test]
fn many_threads_get_the_same_answers() {
    let want = ordinary(small());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(|| ordinary(small()))).collect();
        for thread in threads {
            assert_eq!(thread.join().expect("a run"), want);
        }
    });
}

#[test]
fn figures_are_measured() {
    let figures = venire_vm::bench::run(machine::machine(), 3).expect("every kind runs");
    let names: Vec<_> = figures.iter().map(|figure| figure.name).collect();
    for kind in ["write", "view", "subvm"] {
        let name = format!("vm::execute/kind={kind}");
        assert!(names.contains(&name.as_str()), "{names:?}");
    }
    let rates = figures.iter().filter_map(|figure| figure.per_s);
    assert!(rates.into_iter().any(|rate| rate > 1.0));
}
