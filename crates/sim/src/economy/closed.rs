//! Closed forms: what the rules say should come out, worked out by hand and without them.
//!
//! # Invariants
//! - Nothing here reads the protocol crate: a study that agrees with it agrees with an independent
//!   reading of the rules.

/// Time units of a leader and of a vote.
pub const L: f64 = 100.0;
/// See [`L`].
pub const V: f64 = 200.0;

/// Committees of the ladder, with the largest active set at its end.
pub const LADDER: [u32; 17] = [
    5, 7, 11, 13, 23, 25, 47, 49, 95, 97, 191, 193, 383, 385, 767, 769, 1000,
];

/// `ln n!` for 0..=max.
#[derive(Clone, Debug)]
pub struct Factorials(Vec<f64>);

impl Factorials {
    /// A table.
    #[must_use]
    pub fn new(max: u32) -> Self {
        let mut table = vec![0.0];
        let mut sum = 0.0;
        for n in 1..=max {
            sum += f64::from(n).ln();
            table.push(sum);
        }
        Self(table)
    }

    fn ln(&self, n: u32) -> f64 {
        let place = usize::try_from(n).unwrap_or(usize::MAX);
        self.0.get(place).copied().unwrap_or(f64::NAN)
    }

    /// `ln (n over k)`.
    fn choose(&self, n: u32, k: u32) -> f64 {
        self.ln(n) - self.ln(k) - self.ln(n - k)
    }

    /// Probability of `k` hits in `n` independent draws.
    #[must_use]
    pub fn binomial(&self, n: u32, k: u32, p: f64) -> f64 {
        if p <= 0.0 || p >= 1.0 {
            return f64::from(u8::from((p <= 0.0 && k == 0) || (p >= 1.0 && k == n)));
        }
        (self.choose(n, k) + f64::from(k) * p.ln() + f64::from(n - k) * (1.0 - p).ln()).exp()
    }

    /// Probability of `k` marked ones in `n` drawn without replacement from `all` of which
    /// `marked` are.
    #[must_use]
    pub fn hypergeometric(&self, (all, marked): (u32, u32), n: u32, k: u32) -> f64 {
        if k > marked || n > all || k > n || n - k > all - marked {
            return 0.0;
        }
        (self.choose(marked, k) + self.choose(all - marked, n - k) - self.choose(all, n)).exp()
    }

    /// Probability of a majority in a committee of independent draws.
    #[must_use]
    pub fn majority(&self, n: u32, p: f64) -> f64 {
        let parts = (n / 2 + 1..=n).map(|k| self.binomial(n, k, p));
        parts.fold(0.0, |all, part| all + part)
    }

    /// Probability of a majority in a committee drawn from a finite set of equal stakes.
    #[must_use]
    pub fn majority_of(&self, set: (u32, u32), n: u32) -> f64 {
        let parts = (n / 2 + 1..=n).map(|k| self.hypergeometric(set, n, k));
        parts.fold(0.0, |all, part| all + part)
    }
}

/// Chances of each decision after so many appeals of somebody who objects to every wrong one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ends {
    /// A wrong result stands.
    pub wrong: f64,
    /// Nothing stands: the right result was denied.
    pub denied: f64,
}

/// A committee with a leader: seats, and those of the adversary.
#[derive(Clone, Copy, Debug)]
struct Bench {
    seats: u32,
    bad: u32,
    bad_leader: bool,
}

/// Validators that have not judged yet: all, and the adversary's.
type Fresh = (u32, u32);

/// An adversary with `bad` of `all` equal validators that acts wherever its members have a majority
/// of the seats, and is honest elsewhere; no rotations. Somebody appeals against everything that
/// is not right, up to `ends.len() - 1` times; `ends[d]` is what stands after `d` appeals.
#[must_use]
pub fn ladder(all: u32, bad: u32, depth: usize) -> Vec<Ends> {
    let facts = Factorials::new(all);
    let mut walk = Walk {
        facts: &facts,
        ends: vec![Ends::default(); depth + 1],
    };
    walk.drawn(1.0, 0, (all, bad), (0, 0), 5, 0);
    walk.ends
}

struct Walk<'a> {
    facts: &'a Factorials,
    ends: Vec<Ends>,
}

impl Walk<'_> {
    /// A committee of `seats` of which `carried` sit already; the others are drawn.
    fn drawn(
        &mut self,
        chance: f64,
        appeals: usize,
        fresh: Fresh,
        carried: (u32, u32),
        seats: u32,
        number: usize,
    ) {
        let new = seats - carried.0;
        for bad in 0..=new.min(fresh.1) {
            let chance = chance * self.facts.hypergeometric(fresh, new, bad);
            let sitting = carried.1 + bad;
            if chance < 1e-30 || sitting <= seats / 2 {
                continue;
            }
            let left = (fresh.0 - new, fresh.1 - bad);
            let leads = f64::from(sitting) / f64::from(seats);
            for (bad_leader, share) in [(true, leads), (false, 1.0 - leads)] {
                let bench = Bench {
                    seats,
                    bad: sitting,
                    bad_leader,
                };
                self.decided(chance * share, appeals, left, bench, number);
            }
        }
    }

    /// A majority of the adversary has decided: wrongly if it leads, not at all if it does not.
    fn decided(&mut self, chance: f64, appeals: usize, fresh: Fresh, bench: Bench, number: usize) {
        let Some(end) = self.ends.get_mut(appeals) else {
            return;
        };
        if bench.bad_leader {
            end.wrong += chance;
        } else {
            end.denied += chance;
        }
        if appeals + 1 >= self.ends.len() {
            return;
        }
        if !bench.bad_leader {
            let next = (number | 1) + 1;
            let carried = (bench.seats - 1, bench.bad);
            return self.drawn(chance, appeals + 1, fresh, carried, rung(next), next);
        }
        let court = (number + 1) | 1;
        let seats = rung(court);
        for bad in 0..=seats.min(fresh.1) {
            let chance = chance * self.facts.hypergeometric(fresh, seats, bad);
            if chance < 1e-30 {
                continue;
            }
            let left = (fresh.0 - seats, fresh.1 - bad);
            if bad > seats / 2 {
                self.decided(chance, appeals + 1, left, bench, court);
            } else {
                let carried = (bench.seats - 1 + seats, bench.bad - 1 + bad);
                self.drawn(
                    chance,
                    appeals + 1,
                    left,
                    carried,
                    rung(court + 1),
                    court + 1,
                );
            }
        }
    }
}

fn rung(number: usize) -> u32 {
    LADDER.get(number).copied().unwrap_or(1000)
}

/// Time units that buy a majority of each committee up to this number of appeals: what one vote
/// can lose by changing sides is its pay and the fine.
#[must_use]
pub fn bribe(appeals: usize) -> f64 {
    let courts = (0..=appeals).map(|appeal| if appeal == 0 { 5 } else { rung(2 * appeal - 1) });
    courts.fold(0.0, |sum, seats| sum + f64::from(seats / 2 + 1) * 2.0 * V)
}

/// An appeal as its appellant sees it, in time units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stakes {
    /// At stake.
    pub bond: f64,
    /// For work that the deposit does not cover.
    pub funding: f64,
    /// On top of the bond for a winner.
    pub reward: f64,
    /// What its appellant has more in the end if it succeeds.
    pub win: f64,
    /// What it has more (that is, less) if it fails.
    pub lose: f64,
}

impl Stakes {
    /// Expected value at this belief that the decision is wrong.
    #[must_use]
    pub fn value(&self, belief: f64) -> f64 {
        belief * self.win + (1.0 - belief) * self.lose
    }

    /// Belief at which nothing is won or lost; above 1 when even a sure winner pays.
    #[must_use]
    pub fn break_even(&self) -> f64 {
        if self.win <= 0.0 {
            return f64::INFINITY;
        }
        -self.lose / (self.win - self.lose)
    }
}

/// What an appeal is against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// A verdict that so many appeals have confirmed, all votes alike.
    Verdict(usize),
    /// A round in which all but the leader disagreed.
    NoVerdict,
}

/// Deposit of a transaction with five seats, no rotations and so many funded appeals.
#[must_use]
pub fn deposit(appeals: usize) -> f64 {
    let courts = (0..=2 * appeals).map(|number| f64::from(rung(number)) * V + L);
    courts.fold(0.0, |sum, court| sum + court)
}

/// An appeal by `FEE-11` to `FEE-14` and `FEE-25`, votes unanimous; the sender funded so many appeals.
#[must_use]
pub fn stakes(funded: usize, against: Against) -> Stakes {
    match against {
        Against::Verdict(confirmed) => verdict(funded, confirmed),
        Against::NoVerdict => no_verdict(funded),
    }
}

fn verdict(funded: usize, confirmed: usize) -> Stakes {
    let court = |appeal: usize| f64::from(rung(2 * appeal + 1)) * V;
    let after = |appeal: usize| f64::from(rung(2 * appeal + 2)) * V + L;
    let first = 5.0 * V + L;
    let (mut held, mut courts, mut pool) = (deposit(funded), 0.0, 0.0);
    let mut appeal = Stakes::default();
    for place in 0..=confirmed {
        let bond = court(place) + L;
        let owed = first + courts + court(place) + after(place);
        let funding = (owed - held).max(0.0);
        let later = deposit(funded) - deposit(funded.min(place + 1));
        let spare = (held - owed - later).max(0.0);
        let reward = (1.5 * bond).min(spare + first + courts + pool);
        let spent = court(place) + after(place) + (reward - pool).max(0.0);
        appeal = Stakes {
            bond,
            funding,
            reward,
            win: reward - (spent - held).clamp(0.0, funding),
            lose: -bond,
        };
        held += funding;
        courts += court(place);
        pool += bond;
    }
    appeal
}

fn no_verdict(funded: usize) -> Stakes {
    let (first, next, bond) = (5.0 * V + L, 11.0 * V + L, 7.0 * V + L);
    let held = deposit(funded);
    let funding = (first + next - held).max(0.0);
    let later = deposit(funded) - deposit(funded.min(1));
    let spare = (held - first - next - later).max(0.0);
    // FEE-25: less than a leader gives up that fails on purpose.
    let reward = (1.5 * bond).min(L).min(spare + first);
    let won = next + reward;
    // Lost: both leaders and all that disagreed are paid, the bond pays as much as it can.
    let lost = (4.0 * V + L) + (10.0 * V + L) - bond;
    Stakes {
        bond,
        funding,
        reward,
        win: reward - (won - held).clamp(0.0, funding),
        lose: -bond - (lost - held).clamp(0.0, funding),
    }
}
