// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IBeacon} from "../beacon/IBeacon.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IVerifierRegistry, Standing, Ticket} from "../interfaces/IVerifierRegistry.sol";
import {Batches} from "../verifiers/Batches.sol";

/// @title The tickets that committees are drawn from: a list that only grows.
/// @dev A ticket was staked at a block if it was enrolled earlier and its hand was not struck by then. So nobody can
/// put itself into a draw, or others out of it, once the case is filed: neither by staking nor by leaving.
abstract contract Tickets is Batches {
    using SafeERC20 for IERC20;

    /// @dev All tickets of one holder that are struck together.
    struct Hand {
        uint32 number;
        uint32 tickets;
        uint32 committees; // that it sits on
    }

    struct Entry {
        address holder;
        uint32 hand;
        uint40 enrolledBlock;
    }

    /// @inheritdoc IVerifierRegistry
    address public committees;
    Entry[] private _entries;
    mapping(address holder => Hand) internal _hands;
    mapping(address holder => mapping(uint32 hand => uint40)) private _struckBlock;

    modifier onlyCommittees() {
        if (msg.sender != committees) revert VerifierRegistry_NotCommittees(msg.sender);
        _;
    }

    constructor(IParameters parameters_, IBeacon beacon_) Batches(parameters_, beacon_) {}

    /// @inheritdoc IVerifierRegistry
    function bindCommittees(address committees_) external {
        if (msg.sender != _deployer) revert VerifierRegistry_NotDeployer(msg.sender);
        if (committees != address(0)) revert VerifierRegistry_AlreadyBound(committees);
        committees = committees_;
    }

    /// @inheritdoc IVerifierRegistry
    function enrol(uint32 count) external {
        Hand storage hand = _hands[msg.sender];
        uint256 tickets = uint256(hand.tickets) + count;
        uint256 needed = tickets * _minStake();
        uint256 stake = _standings[msg.sender].stake;
        if (!isStaked(msg.sender)) revert VerifierRegistry_NotStaked(msg.sender);
        if (count == 0 || stake < needed) revert VerifierRegistry_StakeTooLow(stake, needed);
        hand.tickets = uint32(tickets);
        emit TicketsEnrolled(msg.sender, _entries.length, count, tickets);
        for (uint256 i = 0; i < count; ++i) {
            _entries.push(Entry(msg.sender, hand.number, uint40(block.number)));
        }
    }

    /// @inheritdoc IVerifierRegistry
    function sit(address verifier) external onlyCommittees {
        ++_hands[verifier].committees;
    }

    /// @inheritdoc IVerifierRegistry
    function rise(address verifier, uint256 penalty) external onlyCommittees returns (uint256 taken) {
        --_hands[verifier].committees;
        if (penalty == 0) return 0;
        Standing storage standing = _standings[verifier];
        taken = Math.min(penalty, standing.stake);
        standing.stake -= uint96(taken); // at most the stake
        _strike(verifier);
        emit StakeTaken(verifier, taken, standing.stake);
        token.safeTransfer(msg.sender, taken);
    }

    /// @inheritdoc IVerifierRegistry
    function ticketCount() external view returns (uint256) {
        return _entries.length;
    }

    /// @inheritdoc IVerifierRegistry
    function ticketAt(uint256 index) external view returns (Ticket memory) {
        Entry storage entry = _entries[index];
        return Ticket(entry.holder, entry.enrolledBlock, _struckBlock[entry.holder][entry.hand]);
    }

    /// @inheritdoc IVerifierRegistry
    function ticketsOf(address verifier) external view returns (uint256) {
        return _hands[verifier].tickets;
    }

    /// @dev Kills all tickets of a holder. It may enrol new ones, which wait for the next case.
    function _strike(address holder) internal {
        Hand storage hand = _hands[holder];
        if (hand.tickets == 0) return;
        _struckBlock[holder][hand.number] = uint40(block.number);
        hand.number += 1;
        hand.tickets = 0;
        emit TicketsStruck(holder);
    }
}
