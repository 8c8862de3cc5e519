//! Black-box tests of the rules: scripted validators drive `apply` block by block.
//!
//! Every block is applied twice and over a state that loads on demand; every state is checked
//! for conservation of money.

mod accusations;
mod allocations;
mod appeals;
mod ceilings;
mod court;
mod families;
mod fees;
mod finality;
mod intake;
mod jurors;
mod keys;
mod limits;
mod loads;
mod machine;
mod messages;
mod money;
mod moves;
mod params;
mod quotes;
mod random;
mod rounds;
mod silence;
mod stake;
mod stake_draws;
mod stake_epochs;
mod stake_random;
mod stake_scale;
mod taking_back;
mod tribunal_votes;
mod tribunals;
mod votes;
mod world;
