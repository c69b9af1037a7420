// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Balances} from "./court/Balances.sol";
import {ClaimBook} from "./court/ClaimBook.sol";
import {HitClaims} from "./court/HitClaims.sol";
import {ReceiptChecks} from "./court/ReceiptChecks.sol";
import {SlashPots} from "./court/SlashPots.sol";
import {ILicenseRegistry} from "./interfaces/ILicenseRegistry.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {ITermsRegistry} from "./interfaces/ITermsRegistry.sol";
import {IVerifierRegistry} from "./interfaces/IVerifierRegistry.sol";

/// @title The part of the claim court that decides offence 2. It is a contract of its own because one contract's code
/// may not exceed 24,576
/// bytes. The claim court runs this code on its own storage; called directly it knows no commitment and can do nothing.
contract DisguisedUses is HitClaims {
    constructor(
        IParameters parameters_,
        ITermsRegistry terms_,
        IModelRegistry models_,
        ILicenseRegistry licenses_,
        IVerifierRegistry verifiers_
    )
        ReceiptChecks(parameters_.rules(), licenses_)
        Balances(parameters_.token())
        SlashPots(parameters_.rules().slashCooldown)
        ClaimBook(parameters_, terms_, models_, verifiers_, parameters_.rules().answerWindow)
        HitClaims(parameters_.rules().evidenceThreshold)
    {}
}
