// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ClaimState, Offence, Proof} from "../interfaces/Claims.sol";
import {ILicenseRegistry} from "../interfaces/ILicenseRegistry.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IVerifierRegistry} from "../interfaces/IVerifierRegistry.sol";

/// @notice What the court was built with: immutable, handed to its libraries as one.
struct Setting {
    IERC20 token;
    IParameters parameters;
    IModelRegistry models;
    ILicenseRegistry licenses;
    IVerifierRegistry verifiers;
    uint256 anchorWindow;
    uint256 anchorLead;
    uint256 claimMinAge;
    uint256 claimMaxAge;
    uint256 revealMinBlocks;
    uint256 revealMaxBlocks;
    uint256 answerWindow;
    uint256 proveWindow;
    uint256 potWindow;
    uint256 repeatWindow;
    uint256 evidenceThreshold;
}

/// @notice A claim; or, with nothing but its offence, a receipt that counts in one.
struct Record {
    ClaimState state;
    Offence offence;
    uint40 answerBy;
    uint40 potClosesAt;
    uint96 reach;
    uint32 rates; // their number
    bool suspends;
}

/// @notice What claims that were revealed within one window can take of an account together.
struct Pot {
    uint96 size; // the most
    uint96 taken;
    uint40 closesAt; // later claims open the next one
    uint24 open; // claims; while there are any, what is left is set aside
}

/// @notice The latest pot out of which an account was slashed.
struct LastSlash {
    uint40 at;
    uint40 potClosesAt;
}

/// @notice All that the court keeps.
struct State {
    mapping(bytes32 root => uint40) anchoredAt;
    mapping(address claimant => mapping(bytes32 commitment => uint256)) committedIn; // block
    mapping(address claimant => uint256) balances;
    mapping(address payee => uint256) owed;
    mapping(bytes32 claimIdOrDigest => Record) records;
    mapping(address claimant => mapping(bytes32 saltsButLastByte => uint256 bits)) hits; // counted
    mapping(bytes32 claimId => Proof) proofs;
    mapping(bytes32 claimId => bytes32) blamed; // hash of an open blame: its number, licenses, and the hits of each
    mapping(address account => Pot) pots; // the newest
    mapping(address account => mapping(uint40 closesAt => Pot)) olderPots; // as long as claims on them are open
    mapping(address account => LastSlash) lastSlashes;
    mapping(address account => mapping(bytes32 paymentRef => uint40)) lateFeeAt;
}
