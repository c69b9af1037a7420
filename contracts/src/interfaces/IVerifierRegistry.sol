// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBeacon} from "../beacon/IBeacon.sol";

/// @notice What a batch commitment hides until it is opened.
struct BatchOpening {
    address account;
    uint256 modelId;
    uint32 release; // whose code book the items ask, from 1
    uint256[] licenseIds; // each receipt must name one of them, strictly ascending; empty: they name none
    uint32 itemCount; // 1 to 256
    bytes32 pairsRoot; // StandardMerkleTree over (uint256 i, address client, bytes32 requestNonce)
    bytes32 salt;
}

/// @notice `batchId = keccak256(abi.encode(verifier, keccak256(abi.encode(opening))))`.
struct Batch {
    address verifier;
    uint56 deposit; // what it paid; 0 once it came back or burned
    uint40 committedAt;
    uint64 round; // of the beacon: its value draws the keys
    uint64 number; // counted over all verifiers at commitment
    bool opened;
}

/// @notice What is on record about a verifier.
struct Standing {
    uint96 stake;
    uint40 leavableAt; // 0: not leaving
    uint32 claimsWon; // SLASHED or PAID_LATE
    uint32 claimsLost; // LAPSED
    bytes32 encryptionKey; // X25519 public key that probes are sealed to
}

/// @notice A place on the list that committees are drawn from.
struct Ticket {
    address holder;
    uint40 enrolledBlock; // of cases filed later it may be drawn for
    uint40 struckBlock; // and of draws begun from here on no more; 0: it lives
}

/// @notice Verifiers' stakes, standing, tickets and batches.
interface IVerifierRegistry {
    event Staked(address indexed verifier, uint256 amount, uint256 stake, bytes32 encryptionKey);
    event UnstakeRequested(address indexed verifier, uint40 leavableAt);
    event Unstaked(address indexed verifier, uint256 amount);
    /// @notice Tickets `first` to `first + count - 1`; `tickets` of the verifier live now.
    event TicketsEnrolled(address indexed verifier, uint256 first, uint256 count, uint256 tickets);
    /// @notice All tickets of this verifier are dead: it asked for its stake, or stayed away from a committee.
    event TicketsStruck(address indexed verifier);
    event StakeTaken(address indexed verifier, uint256 amount, uint256 stake);
    event BatchCommitted(
        bytes32 indexed batchId,
        address indexed verifier,
        uint64 number,
        uint256 deposit,
        uint64 round
    );
    event BatchOpened(
        bytes32 indexed batchId,
        address indexed verifier,
        uint256 indexed modelId,
        BatchOpening opening,
        uint256 deposit
    );
    /// @notice It was not opened in time and its deposit burned, or its round is void and the deposit came back.
    event BatchClosed(bytes32 indexed batchId, address indexed verifier, uint256 deposit, bool isVoid);
    event ClaimRecorded(address indexed verifier, bool won, uint32 claimsWon, uint32 claimsLost);

    error VerifierRegistry_NotStaked(address verifier);
    error VerifierRegistry_StakeTooLow(uint256 stake, uint256 minStake);
    error VerifierRegistry_NothingToUnstake(address verifier);
    error VerifierRegistry_TooEarly(uint256 readyAt);
    error VerifierRegistry_BatchExists(bytes32 batchId);
    error VerifierRegistry_UnknownBatch(bytes32 batchId);
    error VerifierRegistry_BatchNotDrawn(bytes32 batchId);
    error VerifierRegistry_BatchSettled(bytes32 batchId);
    error VerifierRegistry_OpenWindowOver(uint256 endedAt);
    error VerifierRegistry_NotCourt(address caller);
    error VerifierRegistry_NotCommittees(address caller);
    error VerifierRegistry_OnCommittee(address verifier);
    error VerifierRegistry_NotDeployer(address caller);
    error VerifierRegistry_AlreadyBound(address court);

    /// @notice Adds `amount` (needs an allowance) to msg.sender's stake, which must then reach the minimum, and names
    /// its encryption key.
    /// Ends an exit that was asked for.
    function stake(uint256 amount, bytes32 encryptionKey) external;
    /// @notice Stops counting as staked at once, and strikes all tickets of the caller; the stake can be taken after
    /// the delay, and not while the caller sits on a committee.
    function requestUnstake() external;
    function unstake() external returns (uint256 amount);
    /// @notice Adds tickets of the caller to the list, one for every least stake that it holds and has no ticket for.
    function enrol(uint32 count) external;
    /// @notice Committees only: a verifier takes its seats on one.
    function sit(address verifier) external;
    /// @notice Committees only: it has done so; a penalty is paid out of its stake as far as that reaches, and strikes
    /// all its tickets.
    function rise(address verifier, uint256 penalty) external returns (uint256 taken);
    /// @notice Commits msg.sender's batch, by the hash of its opening, to the beacon's next round, and pays its
    /// deposit; by a staked verifier.
    function commitBatch(bytes32 openingHash) external returns (bytes32 batchId);
    /// @notice Opens a batch of msg.sender once its round is posted: the deposit comes back.
    function openBatch(BatchOpening calldata opening) external;
    /// @notice Ends what nobody opened, by anyone: after the open window the deposit burns; where the round is void it
    /// goes back.
    function closeBatch(bytes32 batchId) external;
    /// @notice Court only: opens a batch as part of an admitted claim, for its verifier; nothing where it is settled
    /// already.
    function openFor(address verifier, BatchOpening calldata opening) external;
    /// @notice Court only: a claim of this verifier ended.
    function recordClaim(address verifier, bool won) external;

    /// @notice Names the claim court, by the deployer, once.
    function bindCourt(address court) external;
    function court() external view returns (address);
    /// @notice Names the committees' contract, by the deployer, once.
    function bindCommittees(address committees) external;
    function committees() external view returns (address);

    function standingOf(address verifier) external view returns (Standing memory);
    function stakeOf(address verifier) external view returns (uint256);
    /// @notice Stake at or above the minimum and not leaving.
    function isStaked(address verifier) external view returns (bool);
    function encryptionKeyOf(address verifier) external view returns (bytes32);
    /// @notice Tickets ever enrolled, dead ones included.
    function ticketCount() external view returns (uint256);
    function ticketAt(uint256 index) external view returns (Ticket memory);
    /// @notice Living tickets of a verifier.
    function ticketsOf(address verifier) external view returns (uint256);
    function batch(bytes32 batchId) external view returns (Batch memory);
    /// @notice The value that draws the keys of a batch, and its number; reverts until its round is posted.
    function drawOf(bytes32 batchId) external view returns (bytes32 value, uint64 number);
    /// @notice Batches committed so far by anybody, opened or not: a claim needs the more points, the more there are.
    function batchCount() external view returns (uint64);
    function beacon() external view returns (IBeacon);
}
