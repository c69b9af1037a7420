// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IParameters} from "./interfaces/IParameters.sol";
import {Hosting, ITermsRegistry, Terms, TermsKind} from "./interfaces/ITermsRegistry.sol";

/// @title Terms of licenses, each registered once and never changed.
contract TermsRegistry is ITermsRegistry {
    uint256 private constant BPS = 10_000;
    uint256 private constant MAX_MODE = 3;
    uint256 private constant MAX_FLOOR = type(uint56).max; // 72 billion dollars a use: a license keeps it in its slots
    uint256 private constant MAX_ROYALTY_BPS = 5_000; // as much as a whole lineage may ask for

    IParameters private immutable _parameters;

    /// @inheritdoc ITermsRegistry
    uint32 public termsCount;
    /// @inheritdoc ITermsRegistry
    mapping(bytes32 termsHash => uint32) public idOf;
    mapping(uint32 termsId => Terms) private _terms;

    constructor(IParameters parameters) {
        _parameters = parameters;
    }

    /// @inheritdoc ITermsRegistry
    function register(Terms calldata terms_) external returns (uint32 termsId) {
        bytes32 termsHash = keccak256(abi.encode(terms_));
        termsId = idOf[termsHash];
        if (termsId != 0) return termsId;
        _check(terms_);
        termsId = ++termsCount;
        idOf[termsHash] = termsId;
        _terms[termsId] = terms_;
        emit TermsRegistered(termsId, termsHash, terms_);
    }

    /// @inheritdoc ITermsRegistry
    function terms(uint32 termsId) external view returns (Terms memory) {
        return _known(termsId);
    }

    /// @inheritdoc ITermsRegistry
    function kindOf(uint32 termsId) external view returns (uint8) {
        return _known(termsId).kind;
    }

    /// @inheritdoc ITermsRegistry
    function ratesOf(uint32 termsId) external view returns (uint96 price, uint16 ownerShareBps, uint16 slashBps) {
        Terms storage known = _known(termsId);
        return (known.price, known.ownerShareBps, known.slashBps);
    }

    /// @inheritdoc ITermsRegistry
    function licensingOf(
        uint32 termsId
    )
        external
        view
        returns (uint8 kind, bool approvalNeeded, uint32 period, uint96 price, uint96 bond, uint96 leakBond)
    {
        Terms storage known = _known(termsId);
        return (known.kind, known.approvalNeeded, known.period, known.price, known.bond, known.leakBond);
    }

    /// @inheritdoc ITermsRegistry
    function derivingOf(uint32 termsId) external view returns (uint16 royaltyBps, bool derivatives) {
        Terms storage known = _known(termsId);
        return (known.royaltyBps, known.derivatives);
    }

    /// @inheritdoc ITermsRegistry
    function hostingOf(uint32 termsId) external view returns (Hosting memory) {
        Terms storage known = _known(termsId);
        bool derive = known.kind == TermsKind.DERIVE;
        return
            Hosting({
                price: derive ? known.childPrice : known.price,
                bond: derive ? known.childBond : known.bond,
                slashBps: known.slashBps
            });
    }

    /// @dev What a kind has no use for must be empty, so that the same terms cannot be written in two ways.
    function _check(Terms calldata t) private view {
        _bound("kind", t.kind, 0, TermsKind.COUNT - 1);
        bool serve = t.kind == TermsKind.SERVE;
        bool derive = t.kind == TermsKind.DERIVE;
        _bound("mode", t.mode, 0, MAX_MODE);
        _bound("derivatives", t.derivatives ? 1 : 0, 0, derive ? 1 : 0);
        // Nobody serves under the other kinds: what licensees pay is the owner's.
        _bound("ownerShareBps", t.ownerShareBps, serve ? 0 : BPS, BPS);
        _bound("slashBps", t.slashBps, 1, _parameters.maxSlashBps());
        _bound("royaltyBps", t.royaltyBps, 0, derive ? MAX_ROYALTY_BPS : 0);
        _bound("childPrice", t.childPrice, derive ? 1 : 0, derive ? MAX_FLOOR : 0);
        _bound("childBond", t.childBond, 0, derive ? type(uint96).max : 0);
        bool periodic = t.kind == TermsKind.PRIVATE;
        _bound("period", t.period, periodic ? 1 : 0, periodic ? type(uint32).max : 0);
        // a use that costs nothing could not be told from an unpaid one
        _bound("price", t.price, serve ? 1 : 0, serve ? MAX_FLOOR : type(uint96).max);
    }

    function _bound(bytes32 field, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert TermsRegistry_InvalidTerms(field, value);
    }

    function _known(uint32 termsId) private view returns (Terms storage known) {
        known = _terms[termsId];
        if (known.slashBps == 0) revert TermsRegistry_UnknownTerms(termsId);
    }
}
