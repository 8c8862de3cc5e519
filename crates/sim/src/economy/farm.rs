//! Do validators and an appellant who act together gain more than honest ones?

use super::flip::units;
use crate::court::{Act, Case, Court, Fault, Honest, Jurors, Role, STAKE, Terms, paid};
use venire_types::{Address, vote::Vote};

/// What the friends do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// The leader proposes nonsense, the others reject it, its partner appeals for want of a
    /// verdict.
    Nonsense,
    /// The leader declares a timeout, its partner appeals.
    Timeout,
    /// The leader and two friends accept nonsense, their partner appeals.
    Majority,
    /// The whole committee accepts nonsense, its partner appeals.
    Whole,
}

/// All schemes.
pub const SCHEMES: [Scheme; 4] = [
    Scheme::Nonsense,
    Scheme::Timeout,
    Scheme::Majority,
    Scheme::Whole,
];

/// What a scheme yields, time units.
#[derive(Clone, Copy, Debug)]
pub struct Farm {
    /// What the friends do.
    pub scheme: Scheme,
    /// Appeals that the sender funded.
    pub funded: usize,
    /// What the validators among them have more in the end.
    pub validators: f64,
    /// What their partner has more.
    pub partner: f64,
    /// What the same validators have more if all are honest and nobody appeals.
    pub honest: f64,
    /// What the sender paid.
    pub sender: f64,
}

impl Farm {
    /// What acting together yields beyond honesty.
    #[must_use]
    pub fn gain(&self) -> f64 {
        self.validators + self.partner - self.honest
    }
}

struct Friends {
    scheme: Scheme,
    members: Vec<Address>,
}

impl Jurors for Friends {
    fn act(&mut self, case: &Case<'_>) -> Act {
        let Some(round) = case.record.round().filter(|_| case.round == 0) else {
            return Honest.act(case);
        };
        if self.members.is_empty() {
            let leader = round.leader();
            let others = round.seats.iter().map(|seat| seat.validator);
            let others = others.filter(|seat| Some(*seat) != leader);
            let wanted = match self.scheme {
                Scheme::Nonsense | Scheme::Timeout => 1,
                Scheme::Majority => 3,
                Scheme::Whole => 5,
            };
            self.members = leader.into_iter().chain(others).take(wanted).collect();
        }
        if !self.members.contains(&case.juror) {
            return Honest.act(case);
        }
        match (case.role, self.scheme) {
            (Role::Lead, Scheme::Timeout) => Act::Vote(Vote::Timeout),
            (Role::Lead, _) => Act::Propose(0),
            (Role::Judge(_), _) => Act::Vote(Vote::Agree),
        }
    }
}

/// Plays every scheme.
///
/// # Errors
/// [`Fault`].
pub fn farms(seed: u64) -> Result<Vec<Farm>, Fault> {
    let mut base = Court::new(paid(), &[STAKE; 60], seed)?;
    let contract = base.deploy()?;
    let mut farms = Vec::new();
    for scheme in SCHEMES {
        for funded in 0..=2 {
            farms.push(farm(&base, contract, scheme, funded)?);
        }
    }
    Ok(farms)
}

fn farm(base: &Court, contract: Address, scheme: Scheme, funded: usize) -> Result<Farm, Fault> {
    let terms = Terms {
        appeals: u32::try_from(funded).unwrap_or_default(),
        ..Terms::default()
    };
    let mut friends = Friends {
        scheme,
        members: Vec::new(),
    };
    let mut court = base.clone();
    let tx = court.call(1, contract, terms, &mut friends)?;
    court.judge(tx, &mut friends)?;
    court.appeal(2, tx, &mut friends)?;
    court.finish(tx, &mut friends)?;
    court.audit()?;
    let mut fair = base.clone();
    let tx = fair.call(1, contract, terms, &mut Honest)?;
    fair.finish(tx, &mut Honest)?;
    let gains = |end: &Court| -> Result<f64, Fault> {
        let mut gain = 0;
        for member in &friends.members {
            gain += end.wealth(*member)? - base.wealth(*member)?;
        }
        Ok(units(gain))
    };
    let user = |number: usize| -> Result<f64, Fault> {
        let user = court.user(number)?;
        Ok(units(court.wealth(user)? - base.wealth(user)?))
    };
    Ok(Farm {
        scheme,
        funded,
        validators: gains(&court)?,
        partner: user(2)?,
        honest: gains(&fair)?,
        sender: -user(1)?,
    })
}
