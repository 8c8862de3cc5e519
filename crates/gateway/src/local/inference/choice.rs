//! A verdict without a word: how likely each allowed answer is, from the scores after the prompt.
//!
//! The allowed answers are a tree of tokens. Where it forks, the model's scores of the fork's branches are made into
//! shares of one; an answer's likelihood is the product along its way. What does not fork costs nothing: of `yes` and
//! `no` one pass over the prompt tells all.
//!
//! # Invariants
//! - Every answer ends with the token that ends a turn, so that `no` and `not sure` are told apart.
//! - The likelihoods of all answers add up to one.

use super::error::LocalError;
use super::sampling::shares;

/// Most allowed answers.
const MAX_ANSWERS: usize = 256;

/// Answers, and how far they are weighed.
#[derive(Debug)]
pub(crate) struct Choice {
    answers: Vec<Vec<u32>>,
    likelihoods: Vec<f64>,
    /// Share of all tokens that the first fork's branches have.
    mass: Option<f64>,
    /// Forks that are still to be weighed, as the tokens that lead to them.
    forks: Vec<Vec<u32>>,
    fork: Vec<u32>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Index of the likeliest answer; of equals the first.
    pub answer: usize,
    /// How likely each answer is among the allowed ones; they add up to one.
    pub likelihoods: Vec<f64>,
    /// How much of the model's mind was on allowed answers at all, in `[0, 1]`: near zero means that the prompt did
    /// not make clear what may be answered.
    pub mass: f64,
}

impl Choice {
    /// Prepares answers, given as tokens without the token that ends a turn.
    pub(crate) fn new(answers: Vec<Vec<u32>>, close: u32) -> Result<Self, LocalError> {
        let request = |text: &str| LocalError::Request(text.to_owned());
        if !(2..=MAX_ANSWERS).contains(&answers.len()) {
            return Err(request("there must be 2 to 256 allowed answers"));
        }
        let mut closed = answers;
        for answer in &mut closed {
            if answer.is_empty() {
                return Err(request("an allowed answer is empty"));
            }
            answer.push(close);
        }
        let mut sorted = closed.clone();
        sorted.sort();
        sorted.dedup();
        if sorted.len() != closed.len() {
            return Err(request("two allowed answers are the same"));
        }
        let mut choice = Self {
            likelihoods: vec![1.0; closed.len()],
            answers: closed,
            mass: None,
            forks: Vec::new(),
            fork: Vec::new(),
        };
        choice.fork = choice.next_fork(Vec::new());
        Ok(choice)
    }

    /// Tokens that lead from the prompt to the fork whose scores are needed next.
    pub(crate) fn path(&self) -> &[u32] {
        &self.fork
    }

    /// Longest path.
    pub(crate) fn longest(&self) -> usize {
        self.answers.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Weighs the fork by the scores of all tokens there. Whether there are more forks.
    pub(crate) fn weigh(&mut self, scores: &[f32]) -> Result<bool, LocalError> {
        let fork = std::mem::take(&mut self.fork);
        let branches = self.branches(&fork);
        let mut own = Vec::with_capacity(branches.len());
        for id in &branches {
            let score = scores.get(*id as usize).copied();
            own.push(score.ok_or(LocalError::NotANumber)?);
        }
        let parts = shares(&own)?;
        if self.mass.is_none() {
            let all = shares(scores)?;
            let mass = branches
                .iter()
                .fold(0.0, |sum, id| sum + all.get(*id as usize).unwrap_or(&0.0));
            self.mass = Some(mass);
        }
        for (id, part) in branches.iter().zip(parts) {
            let mut way = fork.clone();
            way.push(*id);
            let mut below = 0;
            for (answer, likelihood) in self.answers.iter().zip(&mut self.likelihoods) {
                if answer.starts_with(&way) {
                    *likelihood *= part;
                    below += 1;
                }
            }
            if below > 1 {
                let next = self.next_fork(way);
                self.forks.push(next);
            }
        }
        match self.forks.pop() {
            Some(fork) => {
                self.fork = fork;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// What was found, when there are no more forks.
    pub(crate) fn verdict(&self) -> Verdict {
        let mut answer = 0;
        for (index, likelihood) in self.likelihoods.iter().enumerate() {
            if *likelihood > self.likelihoods[answer] {
                answer = index;
            }
        }
        Verdict {
            answer,
            likelihoods: self.likelihoods.clone(),
            mass: self.mass.unwrap_or(0.0),
        }
    }

    /// Distinct tokens that follow `way`, in ascending order.
    fn branches(&self, way: &[u32]) -> Vec<u32> {
        let mut next: Vec<u32> = self
            .answers
            .iter()
            .filter(|answer| answer.starts_with(way))
            .filter_map(|answer| answer.get(way.len()).copied())
            .collect();
        next.sort_unstable();
        next.dedup();
        next
    }

    /// Goes on from `way` to where the answers fork.
    fn next_fork(&self, mut way: Vec<u32>) -> Vec<u32> {
        while let [only] = self.branches(&way)[..] {
            way.push(only);
        }
        way
    }
}

#[cfg(test)]
mod tests {
    use super::Choice;

    const CLOSE: u32 = 9;

    #[test]
    fn answers_that_part_at_once_need_one_fork() {
        let mut choice = Choice::new(vec![vec![1, 5], vec![2, 6, 7]], CLOSE).unwrap();
        assert!(choice.path().is_empty());
        assert!(!choice.weigh(&[0.0, 1.0, 1.0, 1.0]).unwrap());
        let verdict = choice.verdict();
        assert_eq!(verdict.answer, 0, "of equals the first");
        assert_eq!(verdict.likelihoods, [0.5, 0.5]);
        assert!(verdict.mass > 0.59 && verdict.mass < 0.6);
    }

    #[test]
    fn a_shared_beginning_is_weighed_where_it_forks() {
        // 1 2 3, 1 2 4, 1 2 (ends), 5.
        let answers = vec![vec![1, 2, 3], vec![1, 2, 4], vec![1, 2], vec![5]];
        let mut choice = Choice::new(answers, CLOSE).unwrap();
        assert!(choice.path().is_empty());
        assert!(choice.weigh(&[0.0; 10]).unwrap());
        assert_eq!(choice.path(), [1, 2], "2 is forced");
        assert!(!choice.weigh(&[0.0; 10]).unwrap());
        let verdict = choice.verdict();
        let third = 0.5 / 3.0;
        for (found, expected) in verdict.likelihoods.iter().zip([third, third, third, 0.5]) {
            assert!((found - expected).abs() < 1e-12, "{verdict:?}");
        }
        assert_eq!(verdict.answer, 3);
    }

    #[test]
    fn a_common_first_token_is_walked_before_anything_is_asked() {
        let choice = Choice::new(vec![vec![4, 1], vec![4, 2]], CLOSE).unwrap();
        assert_eq!(choice.path(), [4]);
    }

    #[test]
    fn answers_that_are_none_are_refused() {
        for answers in [vec![vec![1]], vec![vec![1], vec![]], vec![vec![1], vec![1]]] {
            assert!(Choice::new(answers, CLOSE).is_err());
        }
    }
}
