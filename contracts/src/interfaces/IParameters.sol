// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What one deployment can never change. Durations are in seconds. "Exits never outrun windows" rests on this:
/// a deployment
/// with other windows is another deployment.
struct Rules {
    // claims
    uint32 anchorWindow; // a receipt counts if anchored this soon after `answeredAt`
    uint32 anchorLead; // and not sooner than this before it
    uint32 revocationDelay; // a revoked signer still binds its account this long
    uint32 exitDelay; // bonds stay within reach this long after their exit is announced
    uint32 exitWindow; // then this long they may leave; later the exit has lapsed
    uint32 startSlack; // a license names its model in answers given this long before its first activation
    uint32 inactiveGrace; // and in those given this long after it became inactive
    uint32 claimMinAge; // no claim on a receipt younger than this: the host's time to book
    uint32 claimMaxAge; // nor on an older one
    uint32 answerWindow; // to book after the reveal, to answer after the last item
    uint32 proveWindow; // all items are submitted this soon after the reveal
    uint32 potWindow; // claims revealed within it take no more together than the largest slash among them
    uint32 repeatWindow; // a second slash within it closes what the first suspended
    uint32 batchOpenWindow; // a batch must be opened this soon after its commitment
    uint32 unstakeDelay;
    // licenses and channels
    uint32 minWithdrawDelay; // of a payment channel that a host may accept
    uint32 minGrace; // least time that licensees have to move to a new release
    // reports
    uint32 voteWindow; // a committee probes and commits its votes
    uint32 revealWindow; // and shows them; both up to three times
    uint32 appealWindow; // then anyone may take the verdict to the arbitrator
    uint32 rulingWindow; // an arbitrator that has not ruled by then leaves the verdict as it was
    uint32 freezePeriod; // payouts of a license stay frozen this long after a verdict against it
    // blocks
    uint32 revealMinBlocks;
    uint32 revealMaxBlocks;
    // counts
    uint8 evidenceThreshold; // score an offence-2 claim needs, before log2 of all code books and of all batches
    uint8 committeeSize; // seats of a committee
    uint8 leastJurors; // fewer seats are no committee
}

/// @notice What the timelock may change within bounds. Shares are in basis points, amounts in the token's smallest
/// unit.
/// The order packs what is read together into one slot each.
struct Rates {
    // fees
    address treasury; // receives the protocol fee
    uint16 protocolFeeBps; // of money distributed by a vault
    uint16 poolBps; // of money distributed by a vault, to the inspection pool
    uint16 maxSlashBps; // terms may not ask for more
    // claims
    uint64 claimBond; // posted at reveal, above the cost of an answer
    uint64 claimCost; // what a claimant is made whole with out of a late fee
    uint16 lateFactor; // times the amounts: what booking only after a claim was committed costs
    uint16 claimantShareBps; // of a slash
    uint16 ownerShareBps; // of a slash
    uint64 minAccountBond; // below it a host's receipts must be refused by clients
    // verifiers
    uint64 minStake; // of a verifier, and of a ticket
    uint64 batchDeposit; // burned for a batch that is never opened
    uint64 poolCap; // most that the pool of a model pays for one batch
    // reports
    uint64 reportBond; // forfeited by a report that the committee dismisses
    uint64 jurorFee; // of every seat on a committee
    uint64 costCap; // most that an upheld report pays to its reporter, and again to the owner
    // names, titles and code books
    uint64 nameDeposit;
    uint64 minTitleBond;
    uint16 jurorPenaltyBps; // of a ticket, lost for every seat by a juror that does not reveal
    uint64 codeBookFee; // burned by every commitment of a code book
}

/// @notice The rates that claims turn on, in one slot; each change has a number, which a claim keeps.
struct ClaimRates {
    uint64 bond; // claimBond
    uint64 cost; // claimCost
    uint16 lateFactor;
    uint16 claimantShareBps;
    uint16 ownerShareBps;
    uint32 number;
}

struct Values {
    Rules rules;
    Rates rates;
}

/// @notice The parameters of one deployment: rules fixed at construction, rates changed only by its timelock, both
/// inside bounds that
/// depend on the chain id. Contracts copy rules into immutables and read rates when they need them; a rate that
/// concerns
/// something open (a claim, a report, a batch) is the one that held when it opened.
interface IParameters {
    event RatesChanged(Rates rates);

    /// @notice A value lies outside its bounds for this chain.
    error Parameters_OutOfBounds(bytes32 name, uint256 value, uint256 min, uint256 max);
    error Parameters_NotTimelock(address caller);

    /// @notice Replaces the rates, by the timelock only, and only while its own delay is not below this chain's least.
    function setRates(Rates calldata rates) external;

    /// @notice Rules and rates in one, for readers off the chain.
    function values() external view returns (Values memory);
    function rules() external view returns (Rules memory);
    function rates() external view returns (Rates memory);
    /// @notice The one payment token of this deployment (6 decimals, EIP-3009).
    function token() external view returns (address);
    /// @notice OpenZeppelin's TimelockController, the only one that may change rates.
    function timelock() external view returns (address);

    // One storage slot each.
    function fees() external view returns (uint16 protocolFeeBps, uint16 poolBps, address treasury);
    function maxSlashBps() external view returns (uint16);
    function claimRates() external view returns (ClaimRates memory);
    /// @notice Those with this number, however old.
    function claimRatesOf(uint32 number) external view returns (ClaimRates memory);
    function minAccountBond() external view returns (uint64);
    function verifierRates() external view returns (uint64 minStake, uint64 batchDeposit, uint64 poolCap);
    function reportRates() external view returns (uint64 reportBond, uint64 costCap);
    function nameDeposit() external view returns (uint64);
    function codeBookFee() external view returns (uint64);
    function minTitleBond() external view returns (uint64);
}
